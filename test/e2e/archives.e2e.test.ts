import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnEngine, docker, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import {
  openSlimtrace,
  parseReport,
  type RunSettings,
  type Slimtrace,
  withoutEngine,
} from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

/** A web server that also reads a file, and one that nobody reads. */
const site = {
  'www/index.html': 'hello\n',
  'www/page.html': 'a page\n',
  'opt/compiler': 'x'.repeat(100_000),
};
const serve = {
  Entrypoint: ['httpd', '-f', '-p', '8080', '-h', '/www'],
  Env: ['PATH=/bin'],
  ExposedPorts: { '8080/tcp': {} },
  WorkingDir: '/',
};
const checks = ['--http', 'GET /=200', '--http', '/page.html', '--http', '/missing=404'];

describe('an archive, without any engine', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let archive: string;
  let noEngine: RunSettings;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    archive = join(scratch.path, 'site.tar');
    await writeSmallArchive(archive, 'test/site:1', { ...busyboxEntries(), ...site }, serve);
    noEngine = await withoutEngine(scratch.path);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('slim: a small archive beside it that is proved', async () => {
    const outcome = await slimtrace.run(['slim', 'site.tar', ...checks], noEngine);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(outcome.stderr).toMatch(/^engine: embedded \(.*archive/m);
    expect(outcome.stdout).toMatch(/^same +http GET :8080\/page\.html/m);
    expect(outcome.stdout).toContain('site-slim.tar is ');
    const names = execFileSync('tar', ['-xOf', join(scratch.path, 'site-slim.tar'), 'manifest.json'], {
      encoding: 'utf8',
    });
    expect(names).toContain('"test/site:1-slim"');
  });

  test('why: a path that is in, and one that is out', async () => {
    const kept = await slimtrace.run(['why', 'site-slim.tar', '/www/page.html'], noEngine);
    expect(kept.stdout, kept.stderr).toMatch(/^\/www\/page\.html is in site-slim\.tar$/m);
    const out = await slimtrace.run(['why', 'site-slim.tar', '/opt/compiler'], noEngine);
    expect(out.stdout).toContain('nothing asked for it');
  });

  test('compare: what went', async () => {
    const outcome = await slimtrace.run(['compare', 'site.tar', 'docker-archive:site-slim.tar', '--json'], noEngine);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const comparison = JSON.parse(outcome.stdout);
    expect(comparison.added.files).toBe(0);
    expect(comparison.changedFiles).toEqual([]);
    expect(comparison.removed.bytes).toBeGreaterThanOrEqual(100_000);
  });

  test('verify: the same checks on both', async () => {
    const good = await slimtrace.run(['verify', 'site.tar', 'site-slim.tar', ...checks], noEngine);
    expect(good.exitCode, good.stderr + good.stdout).toBe(0);
    expect(good.stdout).toContain('proved: site-slim.tar answers as site.tar does');
    const other = { ...busyboxEntries(), ...site, 'www/page.html': 'another page\n' };
    await writeSmallArchive(join(scratch.path, 'other.tar'), 'test/other:1', other, serve);
    const bad = await slimtrace.run(['verify', 'site.tar', 'other.tar', ...checks, '--json'], noEngine);
    expect(bad.exitCode, bad.stderr + bad.stdout).toBe(1);
    expect(JSON.parse(bad.stdout).checks[1]).toMatchObject({ result: 'different' });
  });

  test('trace, then build from the trace into an OCI layout', async () => {
    const traced = await slimtrace.run(['trace', 'oci-archive:site.tar', ...checks, '-o', 'site.trace'], noEngine);
    expect(traced.exitCode, traced.stderr).toBe(0);
    const args = ['build', 'site.tar', '--trace', 'site.trace', ...checks, '--output', 'oci:site-layout'];
    const built = await slimtrace.run(args, noEngine);
    expect(built.exitCode, built.stderr + built.stdout).toBe(0);
    expect(await readdir(join(scratch.path, 'site-layout'))).toEqual(['blobs', 'index.json', 'oci-layout']);
    const again = await slimtrace.run(['verify', 'site.tar', 'oci:site-layout', ...checks], noEngine);
    expect(again.exitCode, again.stderr + again.stdout).toBe(0);
  });

  test('a negative verdict leaves the image under another name, and what was there before as it was', async () => {
    await writeFile(join(scratch.path, 'kept.tar'), 'the good one');
    const args = ['slim', 'site.tar', ...checks, '--exclude', '/www/page.html', '--output', 'kept.tar'];
    const outcome = await slimtrace.run(args, noEngine);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(1);
    expect(outcome.stdout).toContain('kept as kept-failed.tar');
    expect(await readFile(join(scratch.path, 'kept.tar'), 'utf8')).toBe('the good one');
    const failed = await slimtrace.run(['verify', 'site.tar', 'kept-failed.tar', '--http', '/=200'], noEngine);
    expect(failed.exitCode, failed.stderr + failed.stdout).toBe(0);
  });

  test('the image’s user, groups, environment, working directory and exit code', async () => {
    const report = 'id; pwd; echo $HOME; echo $A; cat /etc/hostname | wc -c; exit 3';
    const config = {
      Entrypoint: ['sh', '-c'],
      Cmd: [report],
      User: 'app',
      Env: ['PATH=/bin', 'A=1'],
      WorkingDir: '/home/app',
    };
    const entries = { ...busyboxEntries(), 'bin/wc': { link: 'busybox' } };
    await writeSmallArchive(join(scratch.path, 'user.tar'), 'test/user:1', entries, config);
    const outcome = await slimtrace.run(['slim', 'user.tar', '--exit=3', '--json'], noEngine);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(parseReport(outcome).checks).toMatchObject([{ check: 'exit 3', result: 'same' }]);
    const wrong = await slimtrace.run(['slim', 'user.tar', '--exit=3', '--run-user', 'nobody-here'], noEngine);
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stderr).toContain('unable to find user nobody-here');
  });

  test('the run sees a loopback of its own and nothing of this machine', async () => {
    const command = [
      'sh',
      '-c',
      'ls /proc/net/dev && cat /proc/net/dev | wc -l; ls /; cat /proc/sys/kernel/hostname > /dev/null',
    ];
    const entries = { ...busyboxEntries(), 'bin/wc': { link: 'busybox' } };
    await writeSmallArchive(join(scratch.path, 'look.tar'), 'test/look:1', entries, {
      Cmd: command,
      Env: ['PATH=/bin'],
    });
    const outcome = await slimtrace.run(['trace', 'look.tar', '--exit'], noEngine);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain('/proc/net/dev');
  });

  test('SIGINT while it is traced leaves no process, file or control group', async () => {
    const run = slimtrace.start(['slim', 'site.tar', '--http', '/missing=200', '--timeout', '60'], noEngine);
    await run.waitFor(/^list the files of the image: /m);
    run.signal('SIGINT');
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(130);
    expect(await controlGroups()).toEqual([]);
  });

  test('kill -9: its containers end with it, and the next run removes its files', async () => {
    const run = slimtrace.start(['slim', 'site.tar', '--http', '/missing=200', '--timeout', '60'], {
      ...noEngine,
      mayLeave: true,
    });
    await run.waitFor(/^list the files of the image: /m);
    run.signal('SIGKILL');
    await run.ended;
    const next = await slimtrace.run(['slim', 'site.tar', ...checks], noEngine);
    expect(next.exitCode, next.stderr + next.stdout).toBe(0);
    expect(await controlGroups()).toEqual([]);
  });

  test('the original is never overwritten, by whatever path it is named', async () => {
    const before = await readFile(archive);
    await symlink('site.tar', join(scratch.path, 'link.tar'));
    for (const output of ['./site.tar', archive, 'link.tar']) {
      const outcome = await slimtrace.run(['slim', 'site.tar', ...checks, '--output', output], noEngine);
      expect({ code: outcome.exitCode, text: outcome.stderr }, output).toMatchObject({
        code: 2,
        text: expect.stringMatching(/the image and --output are (?:both|one file)/),
      });
    }
    expect((await readFile(archive)).equals(before)).toBe(true);
    const outcome = await slimtrace.run(['slim', 'link.tar', ...checks], noEngine);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain('link-slim.tar');
  });

  test('what is in --env is not for other users of this machine to read', async () => {
    const secret = 'c0ffee-secret';
    const args = ['slim', 'site.tar', '--http', '/missing=200', '--timeout', '30', '--env', 'SECRET'];
    const run = slimtrace.start(args, { ...noEngine, env: { ...noEngine.env, SECRET: secret } });
    await run.waitFor(/^list the files of the image: /m);
    const seen: string[] = [];
    let containers = 0;
    for (const name of await readdir('/proc')) {
      const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (line.includes('contain')) containers++;
      if (line.includes(secret)) seen.push(line);
    }
    run.signal('SIGTERM');
    await run.ended;
    expect(containers).toBeGreaterThan(0);
    expect(seen).toEqual([]);
  });

  test('--network host: a port that somebody else has is no evidence', async () => {
    const server = createServer((_, response) => response.end('somebody else'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const args = ['slim', 'site.tar', '--network', 'host', '--port', String(port), '--http', '/'];
      const outcome = await slimtrace.run(args, noEngine);
      expect(outcome.exitCode, outcome.stderr).toBe(2);
      expect(outcome.stderr).toContain(`port ${port} of this machine is in use`);
    } finally {
      server.close();
    }
  });

  test('a link that leads to no file is not replaced by the result', async () => {
    await symlink('/nonexistent/pipe', join(scratch.path, 'stdout'));
    const outcome = await slimtrace.run(['slim', 'site.tar', ...checks, '--output', 'stdout'], noEngine);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stderr).toContain('it is a link that leads to no file');
  });

  test('no engine for an image’s name: said in words that help', async () => {
    const outcome = await slimtrace.run(['slim', 'nginx:1.27'], noEngine);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toMatch(/docker/i);
    expect(outcome.stderr).toMatch(/podman/i);
    expect(outcome.stderr).toMatch(/archive/i);
  });

  test('an archive that isn’t there, and a file that is none', async () => {
    const missing = await slimtrace.run(['slim', 'docker-archive:gone.tar'], noEngine);
    expect({ code: missing.exitCode, text: missing.stderr }).toMatchObject({
      code: 3,
      text: expect.stringContaining('gone.tar'),
    });
    await writeFile(join(scratch.path, 'text.tar'), 'not a tar at all');
    const text = await slimtrace.run(['slim', 'text.tar'], noEngine);
    expect(text.exitCode).toBe(3);
    expect(text.stderr).toMatch(/^error: the image archive is not valid/m);
  });

  test('a damaged layer is found before anything of it runs', async () => {
    const bytes = await readFile(archive);
    const at = bytes.indexOf('a page\n');
    bytes.write('A', at);
    await writeFile(join(scratch.path, 'damaged.tar'), bytes);
    const outcome = await slimtrace.run(['slim', 'damaged.tar', ...checks], noEngine);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stderr).toMatch(/^error: the image archive is not valid.*sha256:/m);
  });

  testWith(['root'], 'a disk without room for the image: said, with the place', async () => {
    const full = join(scratch.path, 'full');
    await mkdir(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', full]);
    try {
      const settings = { ...noEngine, temporaryDirectory: full };
      const outcome = await slimtrace.run(['slim', 'site.tar', ...checks], settings);
      expect(outcome.exitCode, outcome.stderr).toBe(3);
      expect(outcome.stderr).toContain(`error: no space left for temporary files in ${full}`);
    } finally {
      execFileSync('umount', [full]);
    }
  });

  testWith(['root'], 'a user without privileges slims it too, with one user ID', async () => {
    const home = join(scratch.path, 'nobody');
    const temporaryDirectory = join(home, 'tmp');
    await mkdir(temporaryDirectory, { recursive: true });
    await writeSmallArchive(join(home, 'site.tar'), 'test/site:1', { ...busyboxEntries(), ...site }, serve);
    for (const path of [home, temporaryDirectory, join(home, 'site.tar')]) await chown(path, 65534, 65534);
    await chmod(scratch.path, 0o755);
    const env = { ...noEngine.env, HOME: home, XDG_STATE_HOME: home };
    const settings = { ...noEngine, cwd: home, env, temporaryDirectory, user: { uid: 65534, gid: 65534 } };
    const outcome = await slimtrace.run(['slim', 'site.tar', ...checks], settings);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(outcome.stderr).toContain('subordinate user IDs');
    expect((await stat(join(home, 'site-slim.tar'))).uid).toBe(65534);
    // What one ID can't do is said.
    const other = await slimtrace.run(['slim', 'site.tar', ...checks, '--run-user', 'app'], settings);
    expect(other.exitCode).toBe(3);
    expect(other.stderr).toMatch(/no such user or group/);
  });
});

describeOnEngine('an archive and a Docker engine', () => {
  test('what the embedded engine wrote, docker loads and runs', async () => {
    await using slimtrace = await openSlimtrace();
    await using scratch = await openScratch();
    const [archive, slim] = [join(scratch.path, 'site.tar'), join(scratch.path, 'slim.tar')];
    await writeSmallArchive(archive, 'test/site:1', { ...busyboxEntries(), ...site }, serve);
    const args = ['slim', archive, ...checks, '--output', slim, '--tag', 'slimtrace-test/loaded:1'];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    await docker(['load', '--input', slim]);
    try {
      const verified = await slimtrace.run(['compare', archive, 'slimtrace-test/loaded:1', '--json']);
      expect(verified.exitCode, verified.stderr).toBe(0);
      expect(JSON.parse(verified.stdout).changedFiles).toEqual([]);
    } finally {
      await removeImages('slimtrace-test/loaded:1');
    }
  });

  test('--engine docker doesn’t take an archive, and says what to do', async () => {
    await using slimtrace = await openSlimtrace();
    await using scratch = await openScratch();
    const archive = join(scratch.path, 'site.tar');
    await writeSmallArchive(archive, 'test/site:1', { ...busyboxEntries(), ...site }, serve);
    const outcome = await slimtrace.run(['slim', archive, '--engine', 'docker']);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain('docker load');
  });
});

/** Control groups of any run, wherever the memory controller is. */
async function controlGroups(): Promise<string[]> {
  const found: string[] = [];
  for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'])
    found.push(...(await readdir(root).catch(() => [])).filter((name) => name.startsWith('slimtrace-')));
  return found;
}
