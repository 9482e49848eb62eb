import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import {
  describeOnEngine,
  docker,
  imageId,
  inspectImage,
  openScratch,
  removeImages,
  startContainer,
  type TestContainer,
  testWith,
} from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, leftOnPodman, podman } from '../support/run-podman.ts';
import { leftOnEngine, openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const slim = 'slimtrace-test/debug:slim';
const debug = 'slimtrace-test/debug:debug';
const site = 'slimtrace-test/debug-site:latest';
const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));

describeOnEngine('debugging a slim image', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let archive: string;
  let redis: string;
  /** A running container of the slim image, in which there is no shell. */
  let running: TestContainer;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    archive = join(scratch.path, 'site.tar');
    const serve = { Entrypoint: ['httpd', '-f', '-p', '8080', '-h', '/www'], Env: ['PATH=/bin'] };
    const files = { ...busyboxEntries(), 'www/index.html': 'hello\n' };
    await writeSmallArchive(archive, site, files, serve);
    await docker(['load', '--input', archive]);
    redis = await ensureFixtureImage('redis');
  });
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
    await removeImages(slim, debug, site, `${site}-slim-failed`);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('--debug-tag: the slim image’s layers and one more, the same config, and a shell beside an application that works', async () => {
    const { args } = (await readExpectation('redis')).slim;
    const outcome = await slimtrace.run(['slim', redis, '--tag', slim, '--debug-tag', debug, '--json', ...args]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(JSON.parse(outcome.stdout).debug).toEqual({
      reference: debug,
      id: await imageId(debug),
      directory: '/busybox',
      busybox: { from: expect.stringMatching(/busybox/), version: expect.stringMatching(/^\d+\.\d+/) },
    });
    const layers = async (name: string) =>
      JSON.parse(await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', name])) as string[];
    const [ofSlim, ofDebug] = [await layers(slim), await layers(debug)];
    expect(ofDebug.slice(0, -1)).toEqual(ofSlim);
    expect(ofDebug).toHaveLength(ofSlim.length + 1);
    expect((await inspectImage(debug)).Config).toEqual((await inspectImage(slim)).Config);

    await using container = await startContainer(debug);
    const exec = (line: string) => docker(['exec', container.id, '/busybox/sh', '-c', `PATH=/busybox:$PATH; ${line}`]);
    expect(await exec('until redis-cli ping; do sleep 0.1; done')).toContain('PONG');
    expect(await exec('stat -c "%a %u:%g" /busybox /busybox/busybox')).toBe('755 0:0\n755 0:0');
    expect(await exec('id -u; ls -l /busybox/wget')).toMatch(/^100\n.* -> busybox$/);
  });

  test('slimtrace debug: the application’s files, processes and network; the exit code is the shell’s; nothing is left', async () => {
    running = await startContainer(slim);
    await expect(docker(['exec', running.id, 'sh', '-c', ':']), 'there is no shell in it').rejects.toThrow();
    const input =
      'pwd\nhead -n 1 etc/redis/fixture.conf\nps\nprintf "PING\\r\\nQUIT\\r\\n" | nc localhost 6379\nexit 7\n';
    const outcome = await slimtrace.run(['debug', running.id, '--engine', 'docker'], { input });
    expect(outcome.exitCode, outcome.stderr).toBe(7);
    const [directory, configuration, ...rest] = outcome.stdout.split('\n');
    expect([directory, configuration]).toEqual(['/proc/1/root', 'bind 0.0.0.0']);
    expect(rest.join('\n')).toMatch(/^ +1 100 +redis-server/m);
    expect(rest.join('\n')).toContain('+PONG');
    expect(outcome.stderr).toMatch(/^beside \S+ on docker: its files are below \/proc\/1\/root, .* busybox 1\.\d+/);
    const command = ['sh', '-c', 'echo $A; id -u; exit 3'];
    const given = await slimtrace.run(['debug', running.id, '-q', '-e', 'A=b', '-u', '100:101', '--', ...command]);
    expect(given).toEqual({ exitCode: 3, stdout: 'b\n100\n', stderr: '' });
  });

  test('interrupted, or beside a container that ends: its own is gone', async () => {
    const wait = ['debug', running.id, '--', 'sh', '-c', 'echo started >&2; sleep 60'];
    const interrupted = slimtrace.start(wait, { ownGroup: true });
    await interrupted.waitFor(/^started/m);
    interrupted.signalGroup('SIGINT');
    expect((await interrupted.ended).exitCode).toBe(130);

    const beside = slimtrace.start(wait);
    await beside.waitFor(/^started/m);
    await docker(['kill', running.id]);
    expect((await beside.ended).exitCode).toBe(137);
    const stopped = await slimtrace.run(['debug', running.id]);
    expect(stopped.exitCode).toBe(3);
    expect(stopped.stderr).toMatch(/^error: the container \w+ is not running, it is exited\nhint: `docker logs /m);
    const unknown = await slimtrace.run(['debug', 'no-such-container']);
    expect(unknown.exitCode).toBe(3);
    expect(unknown.stderr).toMatch(/^error: no container no-such-container: docker: none of that name/m);
    await docker(['start', running.id]);
  });

  testWith(['script'], 'on a terminal the shell has one of its own, and leaves ours as it was', async () => {
    const line = `${process.execPath} ${executable} debug ${running.id}; echo "exit $?"; stty -a`;
    const typed = execa('script', ['--quiet', '--command', line, '/dev/null'], {
      input: 'tty\rexit 5\r',
      reject: false,
    });
    const { stdout } = await typed;
    expect(stdout).toMatch(/\/proc\/1\/root # /);
    expect(stdout).toMatch(/^\/dev\/pts\/\d+\r?$/m);
    expect(stdout).toMatch(/^exit 5\r?$/m);
    expect(stdout).toMatch(/ icanon .* echo /s);
    expect(stdout).not.toContain('getcwd');
    expect(await leftOnEngine(typed.pid ?? 0)).toEqual([]);
  });

  test('an image that fails gets no companion', async () => {
    await removeImages(debug);
    const args = ['--debug-tag', debug, '--json', '--no-heal', '--exclude', '/www/index.html'];
    const run = ['--entrypoint', 'cat', '--exit', '--', '/www/index.html'];
    const failed = await slimtrace.run(['slim', site, ...args, ...run]);
    expect([failed.exitCode, JSON.parse(failed.stdout).debug], failed.stderr).toEqual([1, null]);
    expect(await imageId(debug)).toBeUndefined();
  });

  describeOnPodman('with podman', () => {
    let configuration: AsyncDisposable;
    let id = '';
    beforeAll(async () => {
      configuration = await configurePodman();
      await podman(['load', '--quiet', '--input', archive]);
      id = await podman(['run', '--detach', '--name', 'slimtrace-test-debug', site]);
    });
    afterAll(async () => {
      await podman(['rm', '--force', '--time', '0', id]);
      await podman(['image', 'rm', '--force', site]);
      await configuration[Symbol.asyncDispose]();
    });

    test('a container of its own is found by name, and joined', async () => {
      const input = 'cat www/index.html; ps; wget -qO- http://localhost:8080/; exit 4\n';
      const run = slimtrace.start(['debug', 'slimtrace-test-debug'], { input });
      const outcome = await run.ended;
      expect(outcome.exitCode, outcome.stderr).toBe(4);
      expect(outcome.stdout).toMatch(/^hello\n.* 1 root +httpd .*^hello$/ms);
      expect(outcome.stderr).toMatch(/^beside slimtrace-test-debug on podman: /);
      expect(await leftOnPodman(run.pid)).toEqual([]);
    });
  });
});
