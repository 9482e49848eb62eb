import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.ts';
import { driftedBuild, firstBuild, linkedBuild, nextBuild } from '../support/locked-builds.ts';
import { describeOnEngine, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type RunSettings, type Slimtrace } from '../support/run-slimtrace.ts';

const checks = ['--http', 'GET /=200', '--port', '80', '--exec', "sh -c 'cat /var/www/html/assets/index-*.js'"];

/** A `docker` on PATH that gives nobody more rights, as an engine of a locked-down CI. */
async function withoutPrivileges(directory: string): Promise<RunSettings> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const real = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
  const refuse =
    'case "$word" in --cap-add*|--privileged*|--security-opt*unconfined*|--pid*) echo refused >&2; exit 125;; esac';
  await writeFile(join(bin, 'docker'), `#!/bin/sh\nfor word; do ${refuse}; done\nexec ${real} "$@"\n`, { mode: 0o755 });
  return { env: { PATH: `${bin}:${process.env.PATH}` } };
}

describeOnEngine('slimtrace.lock', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let restricted: RunSettings;
  let lock: string;
  const builds: string[] = [];
  const tag = 'slimtrace-test/locked:slim';

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    restricted = await withoutPrivileges(scratch.path);
    lock = join(scratch.path, 'slimtrace.lock');
    builds.push(await firstBuild(), await nextBuild(), await driftedBuild());
  }, 300_000);
  afterAll(async () => {
    await removeImages(...builds, tag, `${tag}-failed`);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('a lock made on one build rebuilds the next one, without a right more than any container has', async () => {
    const [first = '', next = ''] = builds;
    const made = await slimtrace.run([
      'lock',
      first,
      '--output',
      lock,
      '--quiet',
      '--report',
      join(scratch.path, 'first.json'),
      ...checks,
    ]);
    expect(made.exitCode, made.stderr).toBe(0);
    expect(made.stdout).toContain(`proved, and written to ${lock}: `);
    const text = await readFile(lock, 'utf8');
    expect(text).toContain(
      '  /usr/lib/x86_64-linux-gnu/libz.so.1.2.13: read by /usr/sbin/nginx; as /lib/x86_64-linux-gnu/libz.so.1\n',
    );
    expect(text).toContain('  /var/www/html/icon.svg: /etc/nginx/nginx.conf names it in root\n');

    const again = join(scratch.path, 'again.lock');
    const remade = await slimtrace.run(['lock', first, '--output', again, '--quiet', ...checks]);
    expect(remade.exitCode, remade.stderr).toBe(0);
    expect(await readFile(again, 'utf8')).toBe(text);

    // The wrapper does refuse: tracing can't be done there.
    expect((await slimtrace.run(['slim', next, '--quiet', ...checks], restricted)).exitCode).toBe(3);

    const same = await slimtrace.run(['slim', first, '--lock', lock, '--tag', tag, '--json'], restricted);
    expect(same.exitCode, same.stderr).toBe(0);
    const sameReport = JSON.parse(same.stdout) as SlimReport;
    expect(sameReport.drift).toEqual({ against: 'lock', holds: true, changes: [], lines: [] });
    const traced = JSON.parse(await readFile(join(scratch.path, 'first.json'), 'utf8')) as SlimReport;
    expect(sameReport.slim.files).toBe(traced.slim.files);

    const rebuilt = await slimtrace.run(['slim', next, '--lock', lock, '--tag', tag, '--json'], restricted);
    expect(rebuilt.exitCode, rebuilt.stderr).toBe(0);
    const report = JSON.parse(rebuilt.stdout) as SlimReport;
    expect(report.checks.map(({ result }) => result)).toEqual(['same', 'same']);
    expect(report.drift?.lines).toEqual([
      'files',
      '  ~ /usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.2 → /usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.9',
      '  ~ /usr/lib/x86_64-linux-gnu/libz.so.1.2.13 → /usr/lib/x86_64-linux-gnu/libz.so.1.2.14',
      '  ~ /var/www/html/assets/index-3f2a1b9c.js → /var/www/html/assets/index-9b8c7d6e.js',
    ]);
    expect(await imageId(tag)).toBe(report.slim.id);
    await removeImages(tag);
  }, 300_000);

  test('an image that drifted from its lock is told what is different, and gets no good name', async () => {
    const [, , drifted = ''] = builds;
    const checked = await slimtrace.run(['lock', '--check', drifted, '--output', lock, '--quiet'], restricted);
    expect(checked.exitCode, checked.stderr).toBe(1);
    expect(checked.stdout.replaceAll(lock, 'slimtrace.lock')).toMatchSnapshot();

    const slimmed = await slimtrace.run(
      ['slim', drifted, '--lock', lock, '--tag', tag, '--include-shell', '--quiet'],
      restricted,
    );
    expect(slimmed.exitCode, slimmed.stderr).toBe(1);
    expect(slimmed.stdout).toContain('  - /var/www/html/icon.svg  (/etc/nginx/nginx.conf names it in root)\n');
    expect(slimmed.stdout).toContain('    + --include-shell: true\n');
    expect(slimmed.stdout).toContain(
      'drifted: the slim image answers as the original does, and is not as its lock says',
    );
    expect(await imageId(tag)).toBeUndefined();
    expect(await imageId(`${tag}-failed`)).toBeDefined();
  }, 300_000);

  test('--update writes it anew, shows what is different and keeps what is by hand', async () => {
    const text = await readFile(lock, 'utf8');
    const edited = text
      .replace('\ncommands:', '\nallow:\n  - /var/www/html/icon.*\ncommands:')
      .replace('  /var/www/html/assets/index', '  # The bundle.\n  /var/www/html/assets/index')
      .replace('  /var/www/html/icon.svg:', '  # The logo; ask design before it goes.\n  /var/www/html/icon.svg:');
    await writeFile(lock, edited);
    const [, next = '', drifted = ''] = builds;
    const updated = await slimtrace.run(['lock', '--update', next, '--output', lock, '--quiet']);
    expect(updated.exitCode, updated.stderr).toBe(0);
    expect(updated.stdout).toContain(
      '  ~ /var/www/html/assets/index-3f2a1b9c.js → /var/www/html/assets/index-9b8c7d6e.js\n',
    );
    const now = await readFile(lock, 'utf8');
    expect(now).toContain('  # The logo; ask design before it goes.\n  /var/www/html/icon.svg: ');
    expect(now).toContain('  # The bundle.\n  /var/www/html/assets/index-9b8c7d6e.js: ');
    expect(updated.stdout).not.toContain('its rule is gone');
    // The image that is meant is the lock's own now; what is allowed to go isn't missed.
    expect((await slimtrace.run(['lock', '--check', '--output', lock, '--quiet'])).exitCode).toBe(0);
    const checked = await slimtrace.run(['lock', '--check', drifted, '--output', lock, '--quiet']);
    expect(checked.exitCode, checked.stderr).toBe(1);
    expect(checked.stdout).toContain('/etc/nginx/more.conf');
    expect(checked.stdout).not.toContain('icon.svg');
  }, 300_000);

  test('a trace made on one build makes the next one small', async () => {
    const [first = '', next = ''] = builds;
    const trace = join(scratch.path, 'trace.json');
    expect((await slimtrace.run(['trace', first, '--output', trace, '--quiet', ...checks])).exitCode).toBe(0);
    const built = await slimtrace.run(['build', next, '--trace', trace, '--dry-run', '--json', '--no-heal', ...checks]);
    expect(built.exitCode, built.stderr).toBe(0);
    const { drift } = JSON.parse(built.stdout) as SlimReport;
    expect(drift?.against).toBe('trace');
    expect(drift?.lines).toContain(
      '  ~ /var/www/html/assets/index-3f2a1b9c.js → /var/www/html/assets/index-9b8c7d6e.js',
    );
  }, 300_000);

  test('a lock of one image is the same each time, and a link to what no rule names is drift', async () => {
    const [one, two] = [await linkedBuild('v1'), await linkedBuild('v2')];
    builds.push(one, two);
    const [first, again] = [join(scratch.path, 'linked.lock'), join(scratch.path, 'linked-again.lock')];
    for (const file of [first, again]) {
      const made = await slimtrace.run(['lock', one, '--output', file, '--quiet', '--exit']);
      expect(made.exitCode, made.stderr).toBe(0);
    }
    const text = await readFile(first, 'utf8');
    expect(text).toContain('  /usr/lib/python3.11/json/__pycache__/any: create rename by /usr/bin/python3.11\n');
    expect(text).toContain('  /work/any: ');
    expect(await readFile(again, 'utf8')).toBe(text);

    const check = (image: string) => slimtrace.run(['lock', '--check', image, '--output', first, '--quiet']);
    expect((await check(one)).exitCode).toBe(0);
    const drifted = await check(two);
    expect(drifted.exitCode, drifted.stderr).toBe(1);
    expect(drifted.stdout).toContain('    + /data/v2/text  (');
  }, 300_000);
});
