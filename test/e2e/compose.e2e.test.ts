import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, docker, inspectImage, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const directory = fileURLToPath(new URL('../../fixtures/compose-project/', import.meta.url));
const image = 'slimtrace-test/compose-web';
const project = `slimtracetest${process.pid}`;
const network = `${project}_default`;
const needs = ['docker-compose'];
const timeoutMs = 240_000;

describeOnEngine('in a project of Docker Compose', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  // Whatever the client on PATH makes of BuildKit.
  const env = { COMPOSE_PROJECT_NAME: project, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0' };
  const settings = { cwd: directory, env };
  const compose = (args: readonly string[], more: Record<string, string> = {}) =>
    execa('docker-compose', [...args], { cwd: directory, env: { ...env, ...more } });
  const place = ['--network', network, '--network-alias', 'web', '--env', 'REDIS_HOST=redis'];
  const traceFile = () => join(scratch.path, 'trace.json');
  const standIn = (driver: string, file = 'other.json') => [
    ...['run', image, ...place, '--drive', driver, '--output', join(scratch.path, file)],
  ];

  beforeAll(async () => {
    await Promise.all([ensureFixtureImage('redis'), ensureFixtureImage('toolchain')]);
    [slimtrace, scratch] = await Promise.all([openSlimtrace(), openScratch()]);
  });
  afterAll(async () => {
    await removeImages(`${image}:latest`, `${image}:slim`);
    await slimtrace?.[Symbol.asyncDispose]();
    await scratch?.[Symbol.asyncDispose]();
  });

  testWith(
    needs,
    'it stands in for a service: the other services and the tests find it, and what it makes runs in that place',
    async () => {
      try {
        await compose(['build', '--quiet', 'web']);
        await compose(['up', '--detach', '--scale', 'web=0']);
        const ran = await slimtrace.run(standIn('docker-compose run --rm --no-deps -T tests', 'trace.json'), settings);
        expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('all tests passed') });
        expect(await readFile(traceFile(), 'utf8')).toContain('receipt.txt');

        // As a user would who doesn't know that Compose starts what the tests depend on.
        const rivalled = await slimtrace.run(standIn('docker-compose run --rm -T tests'), settings);
        expect(rivalled.exitCode, rivalled.stderr).toBe(1);
        expect(rivalled.stderr).toContain(
          `warning: ${project}_web_1 was started meanwhile and has the name web in the network ${network} too`,
        );
        const refused = await slimtrace.run(standIn('true'), settings);
        expect(refused.exitCode, refused.stderr).toBe(2);
        expect(refused.stderr).toContain(`${project}_web_1 has the name web in the network ${network} already`);

        const checks = ['--http', '/health', '--http', '/receipt/tea=200'];
        const joined = ['--network', network, '--env', 'REDIS_HOST=redis'];
        const built = await slimtrace.run(
          ['build', image, '--trace', traceFile(), ...joined, ...checks, '--tag', `${image}:slim`],
          settings,
        );
        expect(built.exitCode, built.stderr).toBe(0);
        const slim = await inspectImage(`${image}:slim`);
        expect(slim.Size).toBeLessThan((await inspectImage(image)).Size / 10);
        await compose(['up', '--detach', 'web'], { WEB_TAG: 'slim' });
        const { stdout } = await compose(['run', '--rm', '-T', 'tests'], { WEB_TAG: 'slim' });
        expect(stdout).toContain('all tests passed');
        expect(await docker(['inspect', '--format', '{{.Image}}', `${project}_web_1`])).toBe(slim.Id);
      } finally {
        await compose(['down', '--volumes', '--timeout', '1']);
      }
      expect(await docker(['network', 'ls', '--quiet', '--filter', `name=${network}`])).toBe('');
    },
    timeoutMs,
  );

  testWith(
    needs,
    'Ctrl-C ends the driver and what it runs as well: nothing of it keeps Compose from going down',
    async () => {
      try {
        await compose(['up', '--detach', 'redis']);
        const driver = 'docker-compose run --rm --no-deps -T tests python3 -c "import time; time.sleep(100)"';
        const running = slimtrace.start(standIn(driver), { ...settings, ownGroup: true });
        await running.waitFor(/Creating \S+_tests_run \.\.\. .*done/);
        running.signalGroup('SIGINT');
        expect((await running.ended).exitCode).toBe(130);
        const left = await docker(['ps', '--all', '--filter', `network=${network}`, '--format', '{{.Names}}']);
        expect(left).toBe(`${project}_redis_1`);
      } finally {
        await compose(['down', '--volumes', '--timeout', '1']);
      }
      expect(await docker(['network', 'ls', '--quiet', '--filter', `name=${network}`])).toBe('');
    },
    timeoutMs,
  );
});
