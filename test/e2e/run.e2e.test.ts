import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTrace } from '../../src/schema/trace-schema.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { describeOnEngine, docker, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, podman } from '../support/run-podman.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const image = 'slimtrace-test/run:latest';
const network = 'slimtrace-test-run';
const name = 'slimtrace-test-run';
const fetchPage = 'wget -qO- "http://$SLIMTRACE_HOST:$SLIMTRACE_PORT/page.txt"';

let slimtrace: Slimtrace;
let scratch: Awaited<ReturnType<typeof openScratch>>;
let archive: string;
const fileOf = (file: string) => join(scratch.path, file);

beforeAll(async () => {
  [slimtrace, scratch] = await Promise.all([openSlimtrace(), openScratch()]);
  archive = fileOf('web.tar');
  const files = { ...busyboxEntries(), 'www/page.txt': 'the page\n', 'www/other.txt': 'another\n' };
  // httpd ends at once on SIGTERM only when it isn't PID 1.
  await writeSmallArchive(archive, image, files, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
    Cmd: ['/bin/sh', '-c', 'trap "kill $!; exit 0" TERM; httpd -f -p ${PORT:-8080} -h /www & wait'],
    ExposedPorts: { '8080/tcp': {}, '8443/tcp': {} },
  });
});
afterAll(async () => {
  await removeImages(image);
  await slimtrace[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

function readTrace(file: string): Trace {
  const bytes = readFileSync(fileOf(file));
  return parseTrace((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

const existing = ({ paths }: Trace) => paths.filter(({ existed }) => existed).map(({ path }) => path);

describeOnEngine('run, with docker', () => {
  beforeAll(async () => {
    await docker(['load', '--quiet', '--input', archive]);
    await docker(['network', 'create', network]);
  });
  afterAll(() => docker(['network', 'rm', network]));

  test('a driver finds the application once it listens; what it used is a trace that builds', async () => {
    const driver = `${fetchPage} && wget -qO- "http://127.0.0.1:$SLIMTRACE_PORT_8080/page.txt" && echo "driven" >&2`;
    const ran = await slimtrace.run([
      'run',
      image,
      '--drive',
      driver,
      '--output',
      fileOf('driven.json'),
      '--as',
      'suite',
    ]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'the page\nthe page\n' });
    expect(ran.stderr).toMatch(/port 8080 at 127\.0\.0\.1:\d+.*\n(?:.*\n)*it is ready(?:.*\n)*driven\n/);
    const trace = readTrace('driven.json');
    expect(existing(trace)).toEqual(expect.arrayContaining(['/bin/sh', '/www/page.txt']));
    expect(existing(trace)).not.toContain('/www/other.txt');
    expect(trace.image.reference).toBe(image);
    expect(trace.runs).toMatchObject([{ mode: 'init', collection: { name: 'suite' } }]);
    const built = await slimtrace.run([
      ...['build', image, '--trace', fileOf('driven.json'), '--http', '/page.txt=200', '--port', '8080', '--dry-run'],
    ]);
    expect(built.exitCode, built.stderr).toBe(0);
  });

  test('it stands in for a service in a network of the user’s', async () => {
    const driver = `docker run --rm --network ${network} ${image} wget -qO- http://web:8080/page.txt`;
    const place = ['--network', network, '--network-alias', 'web', '--name', name];
    const ran = await slimtrace.run(['run', image, ...place, '--drive', driver, '--output', fileOf('web.json')]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'the page\n' });
    expect(existing(readTrace('web.json'))).toContain('/www/page.txt');
  });

  test('without a driver it runs until Ctrl-C, or until it is stopped from outside', async () => {
    const first = slimtrace.start(['run', image, '--publish', '127.0.0.1::8080', '--output', fileOf('ctrl-c.json.gz')]);
    await using other = await openSlimtrace();
    const second = other.start(['run', image, '--name', name, '--output', fileOf('stopped.json')]);
    await Promise.all([first.waitFor(/^it is ready$/m), second.waitFor(/^it is ready$/m)]);
    const [, port] = /port 8080 at 127\.0\.0\.1:(\d+)/.exec(first.stderr()) ?? [];
    expect(await (await fetch(`http://127.0.0.1:${port}/page.txt`)).text()).toBe('the page\n');
    first.signal('SIGINT');
    // As npx passes on what the terminal has sent already.
    first.signal('SIGINT');
    await docker(['stop', name]);
    for (const { ended } of [first, second]) expect((await ended).exitCode, (await ended).stderr).toBe(0);
    expect(existing(readTrace('ctrl-c.json.gz'))).toContain('/www/page.txt');
    expect(existing(readTrace('stopped.json'))).toContain('/bin/busybox');
  });

  test('a second Ctrl-C gives the trace up, and one gives up a driver with all that it started', async () => {
    const stopping = slimtrace.start([
      ...['run', image, '--stop-timeout', '60', '--output', fileOf('given-up.json'), '--entrypoint', 'sleep'],
      ...['--', '1000'],
    ]);
    await using other = await openSlimtrace();
    const driven = other.start(['run', image, '--drive', '(sleep 1000); true', '--output', fileOf('given-up.json')]);
    await Promise.all([stopping.waitFor(/Ctrl-C ends it/), driven.waitFor(/^it is ready, and driven by/m)]);
    driven.signal('SIGTERM');
    stopping.signal('SIGINT');
    await stopping.waitFor(/^ending it/m);
    // Not the same key any more.
    await sleep(700);
    stopping.signal('SIGINT');
    expect((await stopping.ended).exitCode).toBe(130);
    expect((await driven.ended).exitCode).toBe(143);
    expect(() => readTrace('given-up.json')).toThrow('ENOENT');
  });

  test('a driver that fails, an application that does, and one that nobody can drive', async () => {
    const run = async (file: string, ...args: readonly string[]) => {
      await using own = await openSlimtrace();
      return await own.run(['run', image, '--timeout', '1', '--output', fileOf(file), ...args]);
    };
    const [failed, ended, early, unready] = await Promise.all([
      run('failed.json', '--drive', 'exit 7', '--timeout', '30'),
      run('ended.json', '--', '/bin/sh', '-c', 'echo "no\u001b[2J database"; exit 3'),
      run('early.json', '--drive', 'echo never', '--', '/bin/true'),
      run('unready.json', '--drive', 'echo never', '--publish', '9999'),
    ]);
    expect(failed.exitCode, failed.stderr).toBe(1);
    expect(failed.stderr).toContain('the driver ended with exit code 7');
    expect(existing(readTrace('failed.json'))).toContain('/bin/busybox');
    expect(ended.exitCode, ended.stderr).toBe(1);
    expect(ended.stderr).toContain('error: the application ended by itself, with exit code 3\n');
    expect(ended.stderr).toContain('  no\\x1b[2J database\n');
    expect(existing(readTrace('ended.json'))).toContain('/bin/sh');
    expect(early).toMatchObject({ exitCode: 1, stdout: '' });
    expect(early.stderr).toContain('with exit code 0, before the driver was started');
    expect(unready).toMatchObject({ exitCode: 3, stdout: '' });
    expect(unready.stderr).toContain('nobody listens on port 9999 after 1 s');
  });

  test('what a killed run leaves, its name above all, is gone with the next', async () => {
    const killed = slimtrace.start(['run', image, '--name', name, '--output', fileOf('next.json')], { mayLeave: true });
    await killed.waitFor(/^it is ready$/m);
    killed.signal('SIGKILL');
    await killed.ended;
    const next = await slimtrace.run(['run', image, '--name', name, '--drive', fetchPage, '-o', fileOf('next.json')]);
    expect(next, next.stderr).toMatchObject({ exitCode: 0, stdout: 'the page\n' });
  });

  test.each([
    ['a driver without a place for the trace', ['--drive', 'true'], '--drive needs --output'],
    ['a driver that is none', ['--drive', ' ', '-o', 'x.json'], '--drive is empty'],
    ['a port that is none', ['--publish', 'http'], '--publish http is not a port'],
    ['an alias in no network', ['--network-alias', 'web'], '--network-alias is a name in a network of yours'],
  ])('%s is refused', async (_, args, problem) => {
    const { exitCode, stderr } = await slimtrace.run(['run', image, ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });
});

describeOnPodman('run, with podman', () => {
  test('a driver finds the application', async () => {
    await using _configured = await configurePodman();
    await podman(['load', '--quiet', '--input', archive]);
    const ran = await slimtrace.run([
      ...['run', image, '--engine', 'podman', '--drive', fetchPage, '--output', fileOf('podman.json')],
    ]);
    await podman(['image', 'rm', '--force', image]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'the page\n' });
    expect(existing(readTrace('podman.json'))).toContain('/www/page.txt');
  });
});

testWith(['root'], 'run, on the embedded engine: in the machine’s network, and it says so', async () => {
  const port = await freePort();
  const output = ['--output', fileOf('embedded.json')];
  const settings = { leavesEngineAlone: true };
  const host = ['--network', 'host', '--publish', String(port), '--env', `PORT=${port}`];
  const refused = await slimtrace.run(['run', archive, '--publish', '80', ...output], settings);
  expect(refused.exitCode, refused.stderr).toBe(2);
  const ran = await slimtrace.run(
    ['run', `docker-archive:${archive}`, ...host, '--drive', fetchPage, ...output],
    settings,
  );
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'the page\n' });
  expect(existing(readTrace('embedded.json'))).toContain('/www/page.txt');
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
