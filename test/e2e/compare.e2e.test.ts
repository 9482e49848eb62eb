import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTestImage, describeOnEngine, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

describeOnEngine('slimtrace compare', () => {
  let slimtrace: Slimtrace;
  let original: string;
  let slim: string;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    // Nothing of these images can run: they hold no program.
    original = await buildTestImage(
      'compare-original',
      'FROM scratch\nCOPY same edited /app/\nCOPY gone /usr/lib/tool/\nUSER 1000\nLABEL team=a\nCMD ["/app/same"]\n',
      { same: 'same', edited: 'before', gone: 'g'.repeat(100_000) },
    );
    // Layers hold whole seconds: `edited` has to be of another one, since its size stays the same.
    await sleep(1100);
    slim = await buildTestImage(
      'compare-slim',
      'FROM scratch\nCOPY same edited new /app/\nLABEL team=b\nCMD ["/app/same"]\n',
      { same: 'same', edited: 'behind', new: 'new' },
    );
  });
  afterAll(async () => {
    await removeImages(original, slim);
    await slimtrace[Symbol.asyncDispose]();
  });

  test('says what went, what came and what changed, and leaves nothing behind', async () => {
    const { exitCode, stdout } = await slimtrace.run(['compare', original, slim]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^files +3 +3 +=$/m);
    expect(stdout).toMatch(/^1 file gone \(100 kB\), 1 file added \(3 B\), 1 file changed/m);
    expect(stdout).toMatch(/^removed\n +100 kB +\/usr\/lib\/tool/m);
    expect(stdout).toMatch(/6 B +same size +\/app\/edited$/m);
    expect(stdout).not.toContain('/app/same\n');
    expect(stdout).toMatch(/^ {2}User +1000 -> nothing$/m);
    expect(stdout).toMatch(/^ {2}Labels team +a -> b$/m);
  });

  test('the same as data, on a stdout that holds nothing else', async () => {
    const { stdout } = await slimtrace.run(['compare', original, slim, '--json']);
    const comparison = JSON.parse(stdout);
    expect(comparison).toMatchObject({
      schemaVersion: 1,
      original: { reference: original, layers: 2 },
      slim: { reference: slim, layers: 1 },
      removed: { files: 1, bytes: 100_000 },
      changedFiles: [{ path: '/app/edited', originalBytes: 6, slimBytes: 6 }],
      metadata: [],
      isDeep: false,
    });
    expect(comparison.addedEntries.map(({ path }: { path: string }) => path)).toEqual(['/app/new']);
  });

  test('as Markdown', async () => {
    const { stdout } = await slimtrace.run(['compare', original, slim, '--markdown', '--deep']);
    expect(stdout).toContain(`### \`${original}\` → \`${slim}\``);
    expect(stdout).toContain('- `/app/edited`: 6 B, same size');
  });

  test('an image compared with itself is one and the same, down to every byte', async () => {
    const { stdout } = await slimtrace.run(['compare', original, original, '--deep']);
    expect(stdout).toContain('one and the same image');
    expect(stdout).not.toMatch(/another time|metadata|config/);
  });

  test('an image that is not there is named', async () => {
    const { exitCode, stdout, stderr } = await slimtrace.run(['compare', original, 'slimtrace-test/none:1']);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('error: image not found: slimtrace-test/none:1');
  });
});
