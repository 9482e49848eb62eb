import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CiReport } from '../../src/report/ci/ci-report.ts';
import { openScratch } from '../support/run-docker.ts';
import { openSlimtrace, type RunSettings, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const command = 'cat /etc/motd /etc/more 2>&1; true';

describe('a pipeline of archives, without any engine', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let noEngine: RunSettings;
  const fileOf = (name: string) => join(scratch.path, name);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    noEngine = await withoutEngine(scratch.path);
    const entries = { ...busyboxEntries(), 'etc/motd': 'hello\n', 'etc/spare': 'never read\n' };
    const config = { Cmd: ['sh', '-c', command] };
    await writeSmallArchive(fileOf('1.tar'), 'test/pipeline:1', entries, config);
    await writeSmallArchive(fileOf('2.tar'), 'test/pipeline:2', { ...entries, 'etc/more': 'more\n' }, config);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  /** Each image's settings in YAML's JSON. */
  const configure = (images: Readonly<Record<string, object>>) =>
    writeFile(fileOf('slimtrace.yaml'), JSON.stringify({ images, ci: { concurrency: 2 } }));
  const outcomesOf = async () =>
    (JSON.parse(await readFile(fileOf('r.json'), 'utf8')) as CiReport).images.map(
      ({ name, outcome, isResumed }) => `${name}: ${outcome}${isResumed ? ', resumed' : ''}`,
    );
  const ci = ['ci', '--report', 'r.json'];

  test('ci: by a lock, over budget and drifted; archives stand under their good names only when all is well', async () => {
    const locked = { image: 'docker-archive:1.tar', lock: 'slimtrace.lock', output: 'locked.tar' };
    const large = { image: 'docker-archive:1.tar', exit: true, command: 'cat /etc/motd', output: 'oci:large' };
    const drifted = { ...locked, image: 'docker-archive:2.tar', output: 'drifted.tar' };
    await configure({ locked: { ...locked, exit: true }, large: { ...large, budgets: { 'max-files': 1 } } });
    const made = await slimtrace.run(['lock', 'locked', '--quiet'], noEngine);
    expect(made.exitCode, made.stderr).toBe(0);
    expect(made.stdout).toContain('and written to slimtrace.lock: ');

    await configure({ locked, large: { ...large, budgets: { 'max-files': 1 } }, drifted });
    const sizes = ['--accepted', 'sizes.json', '--accept'];
    const first = await slimtrace.run([...ci, '--junit', 'j.xml', ...sizes], noEngine);
    expect(first.exitCode, first.stderr).toBe(1);
    expect(await outcomesOf()).toEqual(['locked: passed', 'large: failed', 'drifted: failed']);
    expect(first.stdout).toMatch(/\+ \/etc\/more/);
    expect(first.stderr, 'a lock needs no trace').not.toMatch(/^(locked|drifted): run it under the trace/m);
    const failures = [
      ...(await readFile(fileOf('j.xml'), 'utf8')).matchAll(/classname="(\w+)" name="([\w-]+)"><fail/g),
    ];
    expect(failures.map(([, image, what]) => `${image} ${what}`)).toEqual(['large max-files', 'drifted lock']);
    const accepted = JSON.parse(await readFile(fileOf('sizes.json'), 'utf8')) as { images: object };
    expect(Object.keys(accepted.images)).toEqual(['locked']);
    const written = await readdir(scratch.path);
    expect(written).toEqual(expect.arrayContaining(['locked.tar', 'large-failed', 'drifted-failed.tar']));
    expect(written).not.toContain('large');
    expect(written).not.toContain('drifted.tar');

    await configure({ locked, large });
    const again = await slimtrace.run([...ci, '--resume', '--accepted', 'sizes.json'], noEngine);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await outcomesOf()).toEqual(['locked: passed, resumed', 'large: passed']);
    expect(await readdir(scratch.path)).toContain('large');
  });

  test('interrupted midway: no archive of what was not proved, and --resume makes it', async () => {
    const image = 'docker-archive:1.tar';
    const quick = { image, exit: true, command: 'cat /etc/motd', output: 'quick.tar' };
    const slow = { image, exit: true, command: 'sh -c "sleep 2; cat /etc/motd"', output: 'slow.tar', timeout: '60' };
    await configure({ quick, slow });
    const running = slimtrace.start(ci, noEngine);
    await running.waitFor(/^quick: passed/m);
    await running.waitFor(/^slow: list the files/m);
    running.signal('SIGINT');
    const interrupted = await running.ended;
    expect(interrupted.exitCode, interrupted.stderr).toBe(130);
    expect(await outcomesOf()).toEqual(['quick: passed', 'slow: cancelled']);
    expect((await readdir(scratch.path)).filter((name) => /quick|slow/.test(name))).toEqual(['quick.tar']);

    const resumed = await slimtrace.run([...ci, '--resume'], noEngine);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(await outcomesOf()).toEqual(['quick: passed, resumed', 'slow: passed']);
    expect(await readdir(scratch.path)).toContain('slow.tar');
  });

  test('shards, a dry run with its page, and what inspect tells of it', async () => {
    for (const [file, path] of [
      ['a.json', '/etc/motd'],
      ['b.json.gz', '/etc/passwd'],
    ] as const) {
      const args = [
        'trace',
        'docker-archive:1.tar',
        '--output',
        file,
        '--quiet',
        '--no-config',
        '--exit',
        '--',
        'cat',
        path,
      ];
      const traced = await slimtrace.run(args, noEngine);
      expect(traced.exitCode, traced.stderr).toBe(0);
    }
    expect((await slimtrace.run(['merge', 'a.json', 'b.json.gz', '--output', 't.json'], noEngine)).exitCode).toBe(0);
    const from = [
      'build',
      'docker-archive:2.tar',
      '--trace',
      't.json',
      '--html',
      'r.html',
      '--dry-run',
      '--no-config',
      '--output',
    ];
    const built = await slimtrace.run([...from, 'dry.tar', '--exit', '--', 'cat', '/etc/motd'], noEngine);
    expect(built.exitCode, built.stderr).toBe(0);
    expect(built.stdout).toMatch(/^dry run, proved: /m);
    expect(await readdir(scratch.path)).not.toContain('dry.tar');
    expect(await readFile(fileOf('r.html'), 'utf8')).toMatch(/^<!doctype html>/);
    const inspected = await slimtrace.run(['inspect', 'docker-archive:1.tar'], noEngine);
    expect(inspected.exitCode, inspected.stderr).toBe(0);
    expect(inspected.stdout).toMatch(/^ +[\d.]+ .?B +\/bin\/busybox$/m);
  });
});
