import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, removeImages, startContainer } from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type Slimtrace } from '../support/run-slimtrace.ts';

const tags = { with: 'slimtrace-test/python-lazy:with', without: 'slimtrace-test/python-lazy:without' };

// Each route of the fixture needs a module or a file that only it asks for; the trace has seen none of them but `/`.
describeOnEngine('a Python application whose other routes were never asked', () => {
  let slimtrace: Slimtrace;
  let routes: readonly string[];
  let original: string;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    original = await ensureFixtureImage('python-lazy');
    const { extraChecks } = await readExpectation('python-lazy');
    routes = extraChecks.flatMap((word) => /^GET (.*)=200$/.exec(word)?.[1] ?? []);
  });
  afterAll(async () => {
    await removeImages(...Object.values(tags));
    await slimtrace[Symbol.asyncDispose]();
  });

  const slim = async (tag: string, ...options: readonly string[]) => {
    const args = ['slim', original, '--tag', tag, '--json', '--timeout', '120', '--http', 'GET /=200', ...options];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, `${outcome.stderr}\n${outcome.stdout}`).toBe(0);
    return parseReport(outcome);
  };
  const ask = async (image: string): Promise<Record<string, string>> => {
    await using container = await startContainer(image);
    const answers: Record<string, string> = {};
    for (const route of ['/', ...routes]) answers[route] = await askUntilOpen(container.address, route);
    return answers;
  };

  test('answers all of them as the original does', async () => {
    await slim(tags.with);
    const expected = await ask(original);
    expect(Object.values(expected).filter((answer) => !answer.startsWith('200'))).toEqual([]);
    expect(await ask(tags.with)).toEqual(expected);
  });

  test('answers none of them when Python is left out of the defences: each needs it', async () => {
    // Files of its own an application keeps on another ground.
    await slim(tags.without, '--without', 'python', '--without', 'application');
    const [expected, answers] = [await ask(original), await ask(tags.without)];
    expect(answers['/']).toBe(expected['/']);
    expect(routes.filter((route) => answers[route] === expected[route])).toEqual([]);
  });
});

/** The status and the body; a server that is starting has a minute. */
async function askUntilOpen(address: string, route: string): Promise<string> {
  const giveUpMs = Date.now() + 60_000;
  for (;;) {
    try {
      const response = await fetch(`http://${address}:8080${route}`);
      return `${response.status} ${await response.text()}`;
    } catch (error) {
      if (Date.now() > giveUpMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
