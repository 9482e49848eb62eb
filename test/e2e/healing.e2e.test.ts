import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.ts';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { buildTestImage, describeOnEngine, openScratch, pathsInLayers, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

// Each file that is there leads to the next one, so a slim image that lacks them misses one in each round.
const app = `#!/bin/sh
for name in 1 2 3 4; do
  [ -e /data/$name ] || { echo "no $name"; exit 0; }
  cat /data/$name
done
`;

const dockerfile = `
FROM ${baseImage}
COPY app /app
RUN mkdir /data && for n in 1 2 3 4; do echo "this is $n" >/data/$n; done && chmod 755 /app
CMD ["/app"]
`;

const tag = 'slimtrace-test/healing:slim';

describeOnEngine('healing', () => {
  let slimtrace: Slimtrace;
  let image: string;
  let scratch: AsyncDisposable & { readonly path: string };
  let trace: string;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await ensureBaseImage();
    image = await buildTestImage('healing', dockerfile, { app });
    scratch = await openScratch();
    const whole = join(scratch.path, 'whole.json');
    const traced = await slimtrace.run(['trace', image, '--exit', '--output', whole]);
    expect(traced.exitCode, traced.stderr).toBe(0);
    // A run that saw nothing of /data, as another user's or another machine's might be.
    trace = join(scratch.path, 'partial.json');
    expect(await writeWithout(whole, trace, /^\/data\//)).toBe(4);
  });
  afterAll(async () => {
    await removeImages(tag, `${tag}-failed`, image);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const build = async (...args: string[]) => {
    const outcome = await slimtrace.run(['build', image, '--trace', trace, '--exit', '--tag', tag, '--json', ...args]);
    return { ...outcome, report: JSON.parse(outcome.stdout) as SlimReport };
  };

  test('adds what the slim image lacked, round by round, and tells it', async () => {
    const { exitCode, report, stderr } = await build('--heal-rounds', '9');
    expect(exitCode, stderr).toBe(0);
    expect(report.healing).toEqual({
      rounds: [1, 2, 3, 4].map((round) => ({ round, paths: [`/data/${round}`] })),
      missed: [],
    });
    expect(stderr).toContain('healing, round 2: the slim image lacked /data/2; 1 entry added');
    const { stdout } = await execa('docker', ['run', '--rm', tag]);
    expect(stdout).toBe('this is 1\nthis is 2\nthis is 3\nthis is 4');
    const why = await slimtrace.run(['why', tag, '/data/3']);
    expect(why.stdout).toContain('in the slim image, which lacked it (healed in round 3)');
    expect(report.costs).toContainEqual({ ground: 'healing', files: 4, bytes: 40 });
  });

  test('stops when its rounds are spent, and the image that still answers differently is no success', async () => {
    const { exitCode, report } = await build('--heal-rounds', '2');
    expect(exitCode).toBe(1);
    expect(report.healing.rounds.map(({ paths }) => paths)).toEqual([['/data/1'], ['/data/2']]);
    expect(report.healing.missed).toEqual(['/data/3']);
    const paths = await pathsInLayers(`${tag}-failed`);
    expect(['/data/1', '/data/2', '/data/3'].map((path) => paths.has(path))).toEqual([true, true, false]);
  });

  test('--no-heal only tells', async () => {
    const { exitCode, report } = await build('--no-heal');
    expect(exitCode).toBe(1);
    expect(report.healing).toEqual({ rounds: [], missed: ['/data/1'] });
  });

  test('nobody who is not missed is added, and --exclude is no wound', async () => {
    const { exitCode, report, stderr } = await build('--exclude', '/data/1');
    expect(exitCode, stderr).toBe(1);
    expect(report.healing).toEqual({ rounds: [], missed: [] });
  });

  test('heals a file that no check missed: all of them pass before and after', async () => {
    const quiet = ['--', 'sh', '-c', 'test -e /etc/debian_version; echo done'];
    const whole = join(scratch.path, 'quiet.json');
    const options = ['--exit', '--tag', tag, '--json', '--no-certs'];
    expect((await slimtrace.run(['trace', image, '--exit', '--output', whole, ...quiet])).exitCode).toBe(0);
    expect(await writeWithout(whole, whole, /^\/etc\/debian_version$/)).toBe(1);
    const outcome = await slimtrace.run(['build', image, '--trace', whole, ...options, ...quiet]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const { healing, checks } = JSON.parse(outcome.stdout) as SlimReport;
    expect(checks.map(({ result }) => result)).toEqual(['same']);
    expect(healing.rounds).toEqual([{ round: 1, paths: ['/etc/debian_version'] }]);
    expect(await pathsInLayers(tag)).toContain('/etc/debian_version');
  });

  test('several scenarios are traced, merged and proved each; one image serves them all', async () => {
    const outcome = await slimtrace.run([
      ...['slim', image, '--tag', tag, '--json', '--no-heal'],
      ...['--scenario', 'first', '--exit', '--command', 'cat /data/1'],
      ...['--scenario', 'other', '--env', 'NAME=other', '--exit=7', '--command', 'sh -c "cat /data/4; exit 7"'],
    ]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const { checks } = JSON.parse(outcome.stdout) as SlimReport;
    expect(checks.map(({ scenario, check, result }) => [scenario, check, result])).toEqual([
      ['first', 'exit', 'same'],
      ['other', 'exit 7', 'same'],
    ]);
    const paths = await pathsInLayers(tag);
    expect(['/data/1', '/data/2', '/data/4'].map((path) => paths.has(path))).toEqual([true, false, true]);
  });

  test('a scenario that fails on the original is no evidence, and says which it was', async () => {
    const outcome = await slimtrace.run([
      ...['slim', image, '--tag', tag, '--scenario', 'good', '--exit', '--command', 'cat /data/1'],
      ...['--scenario', 'bad', '--exit', '--command', 'cat /nowhere'],
    ]);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain('(scenario bad)');
  });
});

/** Writes a trace as one of a run that saw nothing of some paths; returns how many those were. */
async function writeWithout(whole: string, partial: string, paths: RegExp): Promise<number> {
  const trace = JSON.parse(await readFile(whole, 'utf8')) as { readonly paths: readonly [string, ...unknown[]][] };
  const left = trace.paths.filter(([path]) => !paths.test(path));
  await writeFile(partial, JSON.stringify({ ...trace, paths: left }));
  return trace.paths.length - left.length;
}
