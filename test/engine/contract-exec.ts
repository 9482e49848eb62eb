import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Container } from '../../src/engine/engine.ts';
import type { Contract } from './contract.ts';

/** Commands executed in a running container. */
export function describeExec(contract: Contract): void {
  describe('commands in a running container', () => {
    let container: Container;
    beforeAll(async () => {
      const spec = { entrypoint: 'sleep', command: ['3600'], env: ['OF_CONTAINER=yes'], workdir: '/data' };
      container = await contract.start(spec, 'contract');
    });
    afterAll(async () => await container[Symbol.asyncDispose]());

    test('its exit code, stdout and stderr; nothing on stdin', async () => {
      const line = "cat; printf 'a\\000b'; echo problem >&2; exit 3";
      const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', line]);
      expect({ exitCode, stdout: stdout.toString('latin1') }).toEqual({ exitCode: 3, stdout: 'a\0b' });
      expect(stderr).toMatch(/^problem\n/);
    });

    test('in the container: its environment, directory, files and processes', async () => {
      const { stdout } = await container.exec(['sh', '-c', 'echo "$OF_CONTAINER $FROM_IMAGE"; pwd; cat /proc/1/comm']);
      expect(stdout.toString('utf8')).toBe('yes said by the image\n/data\nsleep\n');
    });

    test('what can’t be executed: 126 or 127, as engines differ on a missing program, and words', async () => {
      const missing = await container.exec(['/not/there']);
      expect([126, 127]).toContain(missing.exitCode);
      expect(`${missing.stdout}${missing.stderr}`).toMatch(/not\/there/);
      expect((await container.exec(['/etc/not-executable'])).exitCode).toBe(126);
    });

    contract.optional('users', 'as another user', async () => {
      const { stdout } = await container.exec(['sh', '-c', 'id -u; id -G'], { user: 'app' });
      expect(stdout.toString('utf8')).toBe('1000\n1000 2000\n');
      const numeric = await container.exec(['sh', '-c', 'id -u; id -g'], { user: '0:0' });
      expect(numeric.stdout.toString('utf8')).toBe('0\n0\n');
    });

    test('one that takes too long is told to, and the container goes on', async () => {
      const output = await container.exec(['sleep', '600'], { timeoutMs: 1500 });
      expect(output.hasTimedOut).toBe(true);
      expect((await container.state()).isRunning).toBe(true);
    });

    test('streams: what is written comes back while it runs, and the end of input is its end', async () => {
      await using echo = container.startExec(['cat']);
      const chunks = echo.stdout[Symbol.asyncIterator]();
      echo.stdin.write('first\0\n');
      expect(Buffer.from((await chunks.next()).value ?? []).toString('latin1')).toBe('first\0\n');
      echo.stdin.end('second\n');
      expect(Buffer.from((await chunks.next()).value ?? []).toString('latin1')).toBe('second\n');
      expect((await chunks.next()).done).toBe(true);
      expect(await echo.ended).toMatchObject({ exitCode: 0 });
    });

    test('streams: its exit code and stderr', async () => {
      await using failing = container.startExec(['sh', '-c', 'echo problem >&2; exit 6']);
      failing.stdout.resume();
      const { exitCode, stderr } = await failing.ended;
      expect({ exitCode, stderr }).toEqual({ exitCode: 6, stderr: expect.stringMatching(/^problem\n/) });
    });

    test('leaving the scope ends one that reads', async () => {
      const isRunning = async () => (await container.exec(['pidof', 'tee'])).exitCode === 0;
      {
        await using reading = container.startExec(['tee', '/tmp/read']);
        reading.stdin.write('x');
        await vi.waitUntil(isRunning, { timeout: 20_000, interval: 100 });
      }
      await vi.waitUntil(async () => !(await isRunning()), { timeout: 20_000, interval: 100 });
    });
  });
}
