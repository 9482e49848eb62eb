import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.js';
import { keys } from '../build/secrets/keys.ts';
import { openScratch } from '../support/run-docker.ts';
import { openSlimtrace, type RunSettings, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';
import { busyboxEntries, type SmallEntry, writeSmallArchive } from '../support/small-archive.ts';

const password = randomBytes(12).toString('hex');

/** Starts as root, writes here and there, reads what only root may, and serves. */
const start = `#!/bin/sh
set -e
echo started >>/data/state
echo $$ >/var/run/app.pid
busybox mkdir -p /var/cache/app/pages
cat /etc/app/site.key >/dev/null
cat /srv/.env /srv/notes >/dev/null
exec httpd -f -p 8080 -h /www
`;

const site: Record<string, SmallEntry> = {
  'srv/start': { bytes: Buffer.from(start), mode: 0o755 },
  'srv/.env': 'MODE=production\n',
  'srv/notes': { bytes: Buffer.from('everybody may write this\n'), mode: 0o666 },
  'www/index.html': 'hello\n',
  'data/state': 'pristine\n',
  'var/cache/app': { directory: true, mode: 0o700 },
  'var/run': { link: '/run' },
  run: { directory: true },
  'etc/app/site.key': { bytes: keys.ed25519(), mode: 0o600 },
};
const config = {
  Entrypoint: ['/srv/start'],
  Env: ['PATH=/bin', `DB_PASSWORD=${password}`],
  ExposedPorts: { '8080/tcp': {} },
  Volumes: { '/data': {}, '/var/cache/app': {} },
  WorkingDir: '/',
};
/** As PID 1, busybox's server doesn't end by a signal. */
const checks = ['--http', 'GET /=200', '--stop-timeout', '0'];

describe('the posture of a slim image, without any engine', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let noEngine: RunSettings;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await writeSmallArchive(join(scratch.path, 'app.tar'), 'test/app:1', { ...busyboxEntries(), ...site }, config);
    noEngine = await withoutEngine(scratch.path);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const slim = async (args: readonly string[]): Promise<SlimReport> => {
    const outcome = await slimtrace.run(['slim', '--json', ...args], noEngine);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(outcome.stdout + outcome.stderr, 'values are never told').not.toContain(password);
    return JSON.parse(outcome.stdout);
  };
  const inScratch = (command: string) =>
    execFileSync('sh', ['-c', command], { cwd: scratch.path, encoding: 'utf8' }).trim();
  const configOf = (archive: string) => {
    const [{ Config: file }] = JSON.parse(inScratch(`tar -xOf ${archive} manifest.json`));
    return JSON.parse(inScratch(`tar -xOf ${archive} ${file}`)).config;
  };
  /** `MODE OWNER PATH` of everything in an image, by GNU tar. */
  const listed = (archive: string): readonly string[] => {
    const [{ Layers: layers }] = JSON.parse(inScratch(`tar -xOf ${archive} manifest.json`));
    return layers.flatMap((layer: string) =>
      inScratch(`tar -xOf ${archive} ${layer} | tar --numeric-owner -tvf -`)
        .split('\n')
        .map((line) => line.replace(/^(\S+)\s+(\S+)\s+\S+\s+\S+\s+\S+\s+(\S+).*$/, '$1 $2 /$3')),
    );
  };
  const ownerOf = (path: string, lines: readonly string[]) =>
    lines.find((line) => line.endsWith(` ${path}`))?.split(' ')[1];
  const worldWritable = (lines: readonly string[]) =>
    lines.filter((line) => /^[-d].{7}w[-x]/.test(line)).map((line) => line.split(' ')[2]);

  test('as another user: what the application writes and reads is its own, nothing else is, and it runs hardened', async () => {
    const report = await slim([
      'app.tar',
      '--user',
      'nonroot',
      '--output',
      'nonroot.tar',
      '--layers',
      'split',
      ...checks,
    ]);
    expect(report.posture).toMatchObject({
      user: { original: '', slim: '65532:65532' },
      owners: [
        { path: '/data', from: '0:0', to: '65532:65532', why: 'writes' },
        { path: '/data/state', why: 'writes' },
        { path: '/etc/app/site.key', why: 'reads' },
        { path: '/run', why: 'writes' },
        { path: '/var/cache/app', why: 'writes' },
      ],
      remarks: [],
    });
    expect(report.hardened).toEqual({ runs: true, because: [] });
    expect(configOf('nonroot.tar').User).toBe('65532:65532');

    const [before, after] = [listed('app.tar'), listed('nonroot.tar')];
    const changed = report.posture.owners.map(({ path }) => path);
    for (const line of after) {
      const [, owner, path = ''] = line.split(' ');
      const expected = changed.includes(path.replace(/\/$/, '')) ? '65532/65532' : (ownerOf(path, before) ?? '0/0');
      expect(owner, path).toBe(expected);
    }
    expect(worldWritable(after)).toEqual(['/srv/notes']);
    expect(worldWritable(before)).toEqual(expect.arrayContaining(worldWritable(after)));

    // The trace saw these made, appended to and written: they are as they were, or not at all.
    const names = after.map((line) => line.split(' ')[2]);
    expect(names).not.toContain('/run/app.pid');
    expect(names).not.toContain('/var/cache/app/pages/');
    const [{ Layers: layers }] = JSON.parse(inScratch('tar -xOf nonroot.tar manifest.json'));
    const state = layers.map((layer: string) =>
      inScratch(`tar -xOf nonroot.tar ${layer} | tar -xOf - data/state 2>&1 || :`),
    );
    expect(state).toContain('pristine');
  });

  test('secrets are told, and refused before anything is built', async () => {
    const { posture } = await slim(['app.tar', '--output', 'told.tar', ...checks]);
    expect(posture.secrets).toEqual([
      { place: 'Env DB_PASSWORD', what: 'by its name a secret' },
      { place: '/etc/app/site.key:1', what: 'a private key (PEM)' },
      { place: '/srv/.env', what: 'an .env file' },
    ]);
    const args = ['slim', 'app.tar', '--output', 'refused.tar', '--fail-on', 'secrets', ...checks];
    const refused = await slimtrace.run(args, noEngine);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^error: secrets would ship, so nothing was built: Env DB_PASSWORD/m);
    expect(refused.stderr).toContain('/etc/app/site.key:1 (a private key (PEM))');
    expect(refused.stderr).not.toContain(password);
    await expect(access(join(scratch.path, 'refused.tar'))).rejects.toThrow('ENOENT');
  });

  test('a HEALTHCHECK that is given takes the place of the image’s, is proved, and keeps its tools', async () => {
    const test = ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1:8080/none'];
    const unhealthy = { ...config, Healthcheck: { Test: test, Interval: 7_000_000_000 } };
    await writeSmallArchive(join(scratch.path, 'sick.tar'), 'test/sick:1', { ...busyboxEntries(), ...site }, unhealthy);

    const given = '["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]';
    const { checks: made } = await slim(['sick.tar', '--output', 'healthy.tar', '--healthcheck', given, ...checks]);
    expect(made).toContainEqual(expect.objectContaining({ kind: 'healthcheck', result: 'same' }));
    expect(configOf('healthy.tar').Healthcheck).toEqual({
      Test: ['CMD', ...JSON.parse(given)],
      Interval: 7_000_000_000,
    });
    expect(listed('healthy.tar').join('\n')).toContain(' /bin/wget');

    const none = await slim(['sick.tar', '--output', 'none.tar', '--healthcheck', 'none', ...checks]);
    expect(none.checks.map(({ kind }) => kind)).toEqual(['http']);
    expect(configOf('none.tar').Healthcheck).toEqual({ Test: ['NONE'] });
    expect(listed('none.tar').join('\n')).not.toContain(' /bin/wget');

    const bad = await slimtrace.run(
      ['slim', 'app.tar', '--healthcheck', 'false', '--timeout', '2', ...checks],
      noEngine,
    );
    expect(bad.exitCode, bad.stderr).toBe(3);
    expect(bad.stderr).toContain('no check passed on the original image');
  });

  test('a user by name is written in numbers where the account files don’t ship, with its home', async () => {
    const named = { ...config, User: 'app', Entrypoint: ['sh', '-c', 'cd && pwd && id -u && id -g'], ExposedPorts: {} };
    const home = { 'home/app/x': 'x' };
    await writeSmallArchive(join(scratch.path, 'named.tar'), 'test/named:1', { ...busyboxEntries(), ...home }, named);
    const report = await slim(['named.tar', '--output', 'number.tar', '--exclude', '/etc/passwd', '--exit']);
    expect(configOf('number.tar')).toMatchObject({
      User: '1000:1000',
      Env: expect.arrayContaining(['HOME=/home/app']),
    });
    expect(report.posture.remarks).toEqual([expect.stringContaining('supplementary groups 2000')]);
    const kept = await slim(['named.tar', '--output', 'name.tar', '--exit']);
    expect(kept.posture).toMatchObject({ user: { original: 'app', slim: 'app' }, remarks: [] });
    const run = ['--exit', '--entrypoint', 'cat', '--', '/etc/passwd'];
    const given = await slim(['named.tar', '--output', 'given.tar', '--user', 'app:extra', ...run]);
    expect(given.posture.user.slim).toBe('1000:2000');
  });

  test.each([
    [['--user', 'no body'], 2, /--user "no body" is not a user/],
    [['--user', 'nonroot', '--run-user', '0'], 2, /has every check made as somebody else/],
    [['--user', '99999999999'], 2, /is not a user/],
    [['--user', 'nobody-here'], 2, /--user "nobody-here": the image’s \/etc\/passwd/],
    [['--healthcheck', ''], 2, /--healthcheck names no command/],
    [['--healthcheck', '["curl"'], 2, /is not a JSON array of the words/],
    [['--healthcheck', '[]'], 2, /is not a JSON array of the words/],
    [['--fail-on', 'vulnerabilities'], 2, /--fail-on "vulnerabilities" is not known/],
  ])('%j is refused with words', async (args, exitCode, words) => {
    const outcome = await slimtrace.run(['slim', 'app.tar', '--output', 'bad.tar', ...checks, ...args], noEngine);
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
    expect(outcome.stderr).toMatch(words);
    expect(outcome.stderr).toMatch(/^hint: /m);
    await expect(access(join(scratch.path, 'bad.tar'))).rejects.toThrow('ENOENT');
  });
});
