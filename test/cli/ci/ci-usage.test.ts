import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CiReport } from '../../../src/report/ci/ci-report.js';
import { runInProcess } from '../run-in-process.js';

const directory = mkdtempSync(join(tmpdir(), 'ci-usage-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = join(directory, 'slimtrace.yaml');
writeFileSync(config, 'images: {a: {image: app:1}, b: {image: app:1}}\n');
const sizes = join(directory, 'sizes.json');
writeFileSync(sizes, '{}');

// No engine is there to be asked: nothing of this comes so far.
describe('what is wrong is told before any work', () => {
  test.each([
    [['--config', join(directory, 'none.yaml')], /could not read .*none\.yaml/],
    [['--config', config], /a and b both slim app:1, and would give the result the same name\nhint: give each a `tag`/],
    [['c', '--config', config], /has no image "c"\nhint: it has a, b/],
    [['a', '--config', config, '--deadline', 'soon'], /--deadline total "soon" is not a time/],
    [['a', '--config', config, '--concurrency', '0'], /--concurrency "0"/],
    [['a', '--config', config, '--accept'], /--accept has no file/],
    [
      ['a', '--config', config, '--accepted', sizes],
      /sizes\.json has no accepted sizes that could be read: schemaVersion/,
    ],
    [['a', '--config', config, '--engine', 'lxc'], /--engine/],
  ])('ci %j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess(['ci', ...args]);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });

  test.each([
    ['--report', 3],
    ['--resume', 3],
    ['--junit', 3],
  ])('%s in a directory that isn’t there', async (flag, code) => {
    const file = join(directory, 'no', 'such', 'file');
    const { exitCode, stderr } = await runInProcess(['ci', 'a', '--config', config, '--quiet', flag, file]);
    expect(exitCode, stderr).toBe(code);
    expect(stderr).toMatch(/^error: could not write .*file$/m);
  });

  test('--fail-fast begins nothing after what failed; without it, the others go on', async () => {
    const absent = { exit: true };
    const images = ['a', 'b', 'c'].map((name) => [
      name,
      { ...absent, image: `docker-archive:${join(directory, name)}.tar` },
    ]);
    const file = join(directory, 'absent.yaml');
    writeFileSync(file, JSON.stringify({ images: Object.fromEntries(images) }));
    const args = [
      'ci',
      '--config',
      file,
      '--resume',
      join(directory, 'state.json'),
      '--concurrency',
      '1',
      '--json',
      '-q',
    ];
    for (const [flags, outcomes] of [
      [['--fail-fast'], ['error', 'cancelled', 'cancelled']],
      [[], ['error', 'error', 'error']],
    ] as const) {
      const { exitCode, stdout, stderr } = await runInProcess([...args, ...flags]);
      expect(exitCode, stderr).toBe(3);
      const report = JSON.parse(stdout) as CiReport;
      expect(report.images.map(({ outcome }) => outcome)).toEqual(outcomes);
      expect(report.images[0]?.problem).toMatchObject({ message: expect.stringContaining('not found'), exitCode: 3 });
    }
  });

  test('without a configuration', async () => {
    const { exitCode, stderr } = await runInProcess(['ci']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /there is no slimtrace\.yaml or slimtrace\.yml here\nhint: `slimtrace init IMAGE` writes one/,
    );
  });

  test.each([
    ['--max-size', 'lots'],
    ['--min-reduction', '60'],
    ['--max-files', 'few'],
    ['--forbid-package', 'cargo:serde'],
    ['--fail-on', 'shells'],
  ])('slim %s %s', async (flag, value) => {
    const { exitCode, stdout, stderr } = await runInProcess(['slim', 'no-such-image', flag, value]);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`error: ${flag} ${JSON.stringify(value)} is not`);
  });
});
