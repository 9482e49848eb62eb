import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, docker, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/relay:slim';

// A container's address means nothing to a machine that isn't the engine's: connections go through a sidecar then.
describeOnEngine('an engine on another machine', () => {
  let slimtrace: Slimtrace;
  let remote: AsyncDisposable & { readonly host: string };
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    remote = await serveEngineOverTcp();
  });
  afterAll(async () => {
    await removeImages(tag);
    await remote[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('HTTP checks on a server that is slow to listen pass through the relay, and compare', async () => {
    const { slim } = await readExpectation('python-flask');
    const image = await ensureFixtureImage('python-flask');
    const args = ['slim', image, '--json', '--tag', tag, '--timeout', '180', '--tcp', '8000', ...slim.args];
    const outcome = await slimtrace.run(args, { env: { DOCKER_HOST: remote.host } });
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    expect(parseReport(outcome).checks.map(({ result }) => result)).toEqual(
      Array.from({ length: 1 + slim.args.length / 2 }, () => 'same'),
    );
  });

  test('a container without a network is reached as well, by the engine of this machine too', async () => {
    const image = await ensureFixtureImage('redis');
    for (const env of [{ DOCKER_HOST: remote.host }, {}]) {
      const checks = ['--network', 'none', '--tcp', '6379', '--exec', 'redis-cli ping'];
      const outcome = await slimtrace.run(['slim', image, '--tag', tag, '--timeout', '180', ...checks], { env });
      expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    }
  });

  test('a port nobody listens on is refused, not a success because the relay itself was there', async () => {
    const image = await ensureFixtureImage('redis');
    const args = ['slim', image, '--tag', tag, '--timeout', '5', '--tcp', '6379', '--tcp', '6399'];
    const outcome = await slimtrace.run(args, { env: { DOCKER_HOST: remote.host } });
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stderr).toMatch(/^error: .*tcp 6399: .*refused.*still after 5 s/m);
    expect(outcome.stderr).not.toMatch(/tcp 6379:/);
  });

  test('a server that takes the connection and closes it is told from one that is not there', async () => {
    const image = await ensureFixtureImage('redis');
    const args = ['slim', image, '--tag', tag, '--timeout', '10', '--http', '/', '--port', '6379'];
    const outcome = await slimtrace.run(args, { env: { DOCKER_HOST: remote.host } });
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stderr).toMatch(/^error: .*http GET :6379\/: (?!.*refused)/m);
  });
});

/** What `socat TCP-LISTEN:0,fork UNIX-CONNECT:…` does: the engine's socket, half-closing included, on a port of loopback. */
async function serveEngineOverTcp(): Promise<AsyncDisposable & { readonly host: string }> {
  const endpoint =
    process.env.DOCKER_HOST ?? (await docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']));
  const { protocol, pathname, hostname, port } = new URL(endpoint);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const place = protocol === 'unix:' ? { path: pathname } : { host: hostname, port: Number(port) };
    const engine = connect({ ...place, allowHalfOpen: true });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
