import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { Container, ContainerState } from '../../src/engine/engine.ts';
import type { Contract } from './contract.ts';

const unbounded = () => ({ timeoutMs: 60_000, signal: new AbortController().signal });

/** How containers run, what they say, how they end, and that nothing is left of them. */
export function describeLife(contract: Contract): void {
  describe('running to the end', () => {
    test.each([0, 1, 137, 143])('its exit code is the container’s: %i', async (code) => {
      await using container = await contract.create({ command: ['sh', '-c', `exit ${code}`] });
      expect(await container.runToEnd(unbounded())).toMatchObject({ exitCode: code, isTruncated: false });
      expect(await container.state()).toMatchObject({ isRunning: false, exitCode: code, problem: '' });
    });

    test('stdout as its bytes, and apart from stderr; no input', async () => {
      const line = "cat; printf 'out\\000\\377\\n'; echo problem >&2; printf end";
      const { stdout, stderr } = await contract.run({ command: ['sh', '-c', line], keepLogs: false });
      expect(stdout.toString('latin1')).toBe('out\0\xff\nend');
      expect(stderr.trimEnd()).toBe('problem');
    });

    test('more than a pipe holds, of both at once, arrives whole', async () => {
      const line = 'head -c 3000000 /dev/zero | tr "\\\\0" o & head -c 3000000 /dev/zero | tr "\\\\0" e >&2; wait';
      const { stdout, stderr } = await contract.run({ command: ['sh', '-c', line] });
      expect([stdout.length, stderr.length]).toEqual([3_000_000, 3_000_000]);
    });

    test('one that goes on is a timeout, and still running', async () => {
      await using container = await contract.create({ command: ['sleep', '600'] });
      expect(await container.runToEnd({ ...unbounded(), timeoutMs: 1500 })).toBe('timeout');
      expect((await container.state()).isRunning).toBe(true);
    });

    test('output beyond 32 MiB is cut off, and told to be', async () => {
      await using container = await contract.create({
        command: ['sh', '-c', 'yes "$(head -c 1000 /dev/zero | tr "\\0" x)" | head -c 50000000'],
      });
      const output = await container.runToEnd(unbounded());
      if (output === 'timeout') throw new Error('it did not end');
      expect(output).toMatchObject({ isTruncated: true });
      expect(output.stdout.length).toBeLessThanOrEqual(32 * 1024 * 1024);
    });

    test('an abort ends the waiting with its reason', async () => {
      await using container = await contract.create({ command: ['sleep', '600'] });
      const abort = new AbortController();
      const run = container.runToEnd({ ...unbounded(), signal: abort.signal });
      const reason = new Error('of the test');
      const timer = setTimeout(() => abort.abort(reason), 700);
      await expect(run).rejects.toBe(reason);
      clearTimeout(timer);
    });
  });

  describe('what can’t be started', () => {
    const cases = [
      { what: 'a program that is not there', command: ['/not/there'], code: 127, words: /not\/there/ },
      { what: 'a name that is not on PATH', command: ['no-such-program'], code: 127, words: /no-such-program/ },
      { what: 'a file that can’t be executed', command: ['/etc/not-executable'], code: 126, words: /not-executable/ },
      { what: 'a directory', command: ['/etc'], code: 126, words: /\/etc/ },
    ];
    test.each(cases)('$what: an error, and the state says why', async ({ command, code, words }) => {
      await using container = await contract.create({ command });
      await expect(container.start()).rejects.toMatchObject({ code: 'engine-command' });
      const { isRunning, exitCode, problem } = await container.state();
      expect({ isRunning, exitCode, problem }).toEqual({
        isRunning: false,
        exitCode: code,
        problem: expect.stringMatching(words),
      });
    });

    test('run to its end, it is the same error, with the engine’s words as the cause', async () => {
      await using container = await contract.create({ command: ['/not/there'] });
      const failure = await container.runToEnd(unbounded()).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'engine-command',
        cause: { message: expect.stringMatching(/not\/there/) },
      });
    });
  });

  describe('state', () => {
    test('before the start, while it runs, and after it ended by itself', async () => {
      await using container = await contract.create({
        command: ['sh', '-c', 'while [ ! -e /end ]; do sleep 0.05; done; exit 5'],
      });
      expect(await container.state()).toMatchObject({ isRunning: false, problem: '', health: 'none' });
      await container.start();
      expect(await container.state()).toMatchObject({ isRunning: true, isOutOfMemory: false, problem: '' });
      const ended = container.waitForEnd(new AbortController().signal);
      await container.exec(['touch', '/end']);
      expect(await ended).toBe(5);
      expect(await container.state()).toMatchObject({
        isRunning: false,
        exitCode: 5,
        isOutOfMemory: false,
        problem: '',
      });
      expect(await container.waitForEnd(new AbortController().signal), 'asked again').toBe(5);
    });

    test('waiting for the end ends with an abort, the container does not', async () => {
      await using container = await contract.start({ command: ['sleep', '600'] });
      const abort = new AbortController();
      const ended = container.waitForEnd(abort.signal);
      abort.abort(new Error('of the test'));
      await expect(ended).rejects.toThrow('of the test');
      expect((await container.state()).isRunning).toBe(true);
    });

    contract.optional('memory-limit', 'out of memory is told from being killed', async () => {
      const grow = 'x=$(head -c 4000000 /dev/zero | tr "\\\\0" x); while :; do y="$y$x"; done';
      const command = ['sh', '-c', `until [ -e /grow ]; do sleep 0.05; done; ${grow}`];
      await using container = await contract.start({ command });
      await contract.subject.limitMemory?.(container, 64 * 1024 * 1024);
      await container.exec(['touch', '/grow']);
      await container.waitForEnd(new AbortController().signal);
      expect(await container.state()).toMatchObject({ isRunning: false, exitCode: 137, isOutOfMemory: true });
    });
  });

  describe('HEALTHCHECK', () => {
    test('at another interval than the image’s: starting, healthy, unhealthy', async () => {
      const spec = { entrypoint: 'sleep', command: ['600'], healthcheck: 0.2 };
      await using container = await contract.start(spec, 'contract');
      expect((await container.state()).health).toBe('starting');
      await container.exec(['touch', '/tmp/healthy']);
      await healthBecomes(container, 'healthy');
      await container.exec(['rm', '/tmp/healthy']);
      await healthBecomes(container, 'unhealthy');
    });

    test('switched off, there is none', async () => {
      const spec = { entrypoint: 'sleep', command: ['600'], healthcheck: 'none' } as const;
      await using container = await contract.start(spec, 'contract');
      expect((await container.state()).health).toBe('none');
    });
  });

  describe('stop', () => {
    const untilSignalled = (traps: string) => ['-c', `${traps}; touch /ready; while :; do sleep 0.05; done`];
    const start = async (traps: string, image: 'contract' | 'contract-bare') => {
      const container = await contract.start({ entrypoint: 'sh', command: untilSignalled(traps) }, image);
      await vi.waitUntil(async () => (await container.exec(['test', '-e', '/ready'])).exitCode === 0, {
        timeout: 20_000,
      });
      return container;
    };

    test('the image’s stop signal comes first, SIGTERM when it names none', async () => {
      await using declared = await start("trap 'exit 9' TERM; trap 'exit 7' USR1", 'contract');
      await declared.stop(30);
      expect(await declared.state()).toMatchObject({ isRunning: false, exitCode: 7 });
      await using bare = await start("trap 'exit 8' TERM", 'contract-bare');
      await bare.stop(30);
      expect(await bare.state()).toMatchObject({ isRunning: false, exitCode: 8 });
    });

    test('SIGKILL comes after the grace time, and at once with none', async () => {
      for (const graceSeconds of [1, 0]) {
        await using container = await start("trap 'echo told' TERM", 'contract-bare');
        await container.stop(graceSeconds);
        expect(await container.state()).toMatchObject({ isRunning: false, exitCode: 137, isOutOfMemory: false });
        if (graceSeconds > 0) expect(await container.lastLogLines(5)).toEqual(['told']);
      }
    });

    test('one that has ended is left as it is', async () => {
      await using container = await contract.start({ command: ['sh', '-c', 'exit 4'] });
      await container.waitForEnd(new AbortController().signal);
      await container.stop(1);
      expect(await container.state()).toMatchObject({ isRunning: false, exitCode: 4 });
    });
  });

  test('the last lines it printed, of both streams, without blank ones', async () => {
    const line = 'echo "error 0" >&2; sleep 0.2; for i in 1 2 3 4; do echo "out $i"; echo; done; printf "last"';
    await using container = await contract.start({ command: ['sh', '-c', line] });
    await container.waitForEnd(new AbortController().signal);
    const few = await container.lastLogLines(2);
    expect(few.length).toBeLessThanOrEqual(2);
    expect(few).toContain('last');
    const lines = await container.lastLogLines(50);
    expect(lines.filter((printed) => printed !== 'error 0')).toEqual(['out 1', 'out 2', 'out 3', 'out 4', 'last']);
    expect(lines).toContain('error 0');
  });

  describe('leaving the scope', () => {
    test.each([
      ['never started', async () => {}],
      ['ended', async (container: Container) => void (await container.runToEnd(unbounded()))],
      ['running', async (container: Container) => await container.start()],
    ])('removes a container and its anonymous volumes: %s', async (state, bring) => {
      const command = state === 'ended' ? ['true'] : ['sleep', '600'];
      const container = await contract.create({ entrypoint: '', command, anonymousVolumes: ['/another'] }, 'contract');
      await bring(container);
      const left = await contract.subject.remains(container);
      expect(await left(), 'it was there').not.toEqual([]);
      await container[Symbol.asyncDispose]();
      expect(await left()).toEqual([]);
      await container[Symbol.asyncDispose]();
    });
  });
}

async function healthBecomes(container: Container, health: ContainerState['health']): Promise<void> {
  for (let attempt = 0; (await container.state()).health !== health; attempt++) {
    if (attempt === 200) throw new Error(`not ${health} after 20 s`);
    await sleep(100);
  }
}
