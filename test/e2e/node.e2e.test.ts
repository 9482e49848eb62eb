import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, removeImages, startContainer, type TestContainer } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const kept = 'slimtrace-test/node-lazy:slim';
const without = 'slimtrace-test/node-lazy:without';
const assisted = 'slimtrace-test/node-lazy:nft';

/** Nothing but `/` is asked for while the image is traced. */
const unseen = [
  '/lazy',
  '/required',
  '/imported',
  '/own',
  '/module',
  '/addon',
  '/prebuilt',
  '/data',
  '/locale?language=de',
  '/worker',
];

describeOnEngine('a Node.js application that loads nearly everything when it is first asked for', () => {
  let slimtrace: Slimtrace;
  let image: string;

  const slim = async (tag: string, ...args: readonly string[]) => {
    const outcome = await slimtrace.run(['slim', image, '--tag', tag, '--http', 'GET /=200', ...args]);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
  };

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    image = await ensureFixtureImage('node-lazy');
  });
  afterAll(async () => {
    await removeImages(kept, without, assisted);
    await slimtrace[Symbol.asyncDispose]();
  });

  test('answers everything that was never asked for in the trace', async () => {
    await slim(kept);
    await using original = await startContainer(image);
    await using after = await startContainer(kept);
    for (const path of unseen) {
      const expected = await ask(original, path);
      expect(expected.status, path).toBe(200);
      expect(await ask(after, path)).toEqual(expected);
    }
  });

  test('but for what is installed for developers', async () => {
    await using after = await startContainer(kept);
    expect(await ask(after, '/compile')).toMatchObject({
      status: 500,
      body: expect.stringContaining("Cannot find module 'compiler'"),
    });
  });

  test('and that as well when @vercel/nft is asked, which knows of no such difference', async () => {
    await slim(assisted, '--nft');
    await using after = await startContainer(assisted);
    for (const path of [...unseen, '/compile']) expect((await ask(after, path)).status, path).toBe(200);
  });

  test('answers none of it without what is known of Node.js', async () => {
    await slim(without, '--without', 'node', '--without', 'application');
    await using after = await startContainer(without);
    for (const path of unseen) expect((await ask(after, path)).status, path).toBe(500);
  });
});

async function ask(container: TestContainer, path: string): Promise<{ status: number; body: string }> {
  for (let left = 100; ; left -= 1) {
    try {
      const response = await fetch(`http://${container.address}:3000${path}`);
      return { status: response.status, body: await response.text() };
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
