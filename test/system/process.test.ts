import { describe, expect, test } from 'vitest';
import { runCommand, runInForeground, startCommand } from '../../src/system/process.js';
import { isProcessAlive } from '../../src/system/session.js';

const sh = (script: string, options: Parameters<typeof runCommand>[2] = {}) =>
  runCommand('sh', ['-c', script], options);
const inForeground = (script: string, options: Parameters<typeof runInForeground>[2]) =>
  runInForeground('sh', ['-c', script], options);
const never = new AbortController().signal;

/** Waits until a process is gone; one that isn't after five seconds is a leak. */
async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && isProcessAlive(pid); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isProcessAlive(pid)).toBe(false);
}

describe('runCommand', () => {
  test('output is bytes, the exit code data', async () => {
    const result = await sh(String.raw`printf '\377\n'; echo problem >&2; exit 3`);
    expect(result).toEqual({
      exitCode: 3,
      stdout: Buffer.from([0xff, 0x0a]),
      stderr: 'problem\n',
      isMissing: false,
      isTruncated: false,
      hasTimedOut: false,
    });
  });

  test('a command that we end is no success, whatever it makes of the signal', async () => {
    const slow = await runCommand('sh', ['-c', "trap 'exit 0' TERM; sleep 10 & wait"], { timeoutMs: 200 });
    expect(slow).toMatchObject({ exitCode: 255, hasTimedOut: true });
    const loud = await runCommand('sh', ['-c', "trap '' PIPE; trap 'exit 0' TERM; yes || exit 0"], {
      maxOutputBytes: 1000,
    });
    expect(loud).toMatchObject({ exitCode: 255, isTruncated: true });
  });

  test('a command that is not there is told from one that fails', async () => {
    expect(await runCommand('slimtrace-no-such-command', [])).toMatchObject({ isMissing: true });
    expect(await sh('exit 127')).toMatchObject({ isMissing: false, exitCode: 127 });
  });

  test('arguments are never read by a shell', async () => {
    const { stdout } = await runCommand('printf', ['%s|', '$HOME', '; id', "'", '*']);
    expect(stdout.toString()).toBe("$HOME|; id|'|*|");
  });

  test('a command that takes too long is ended, and is no success', async () => {
    const startedMs = performance.now();
    const result = await sh('sleep 30', { timeoutMs: 100 });
    expect(result.exitCode).not.toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  test('an abort ends the command and throws its own reason', async () => {
    const abort = new AbortController();
    const running = sh('sleep 30', { signal: abort.signal });
    const reason = new Error('Ctrl-C');
    setTimeout(() => abort.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
  });

  test('nothing is started when it was aborted before', async () => {
    await expect(sh('echo', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  });

  test('a command killed by a signal is no success', async () => {
    expect((await sh('kill -9 $$')).exitCode).not.toBe(0);
  });

  test('endless output fills no memory', async () => {
    const result = await sh('yes', { maxOutputBytes: 100_000 });
    expect(result.isTruncated).toBe(true);
    expect(result.stdout.length).toBeLessThanOrEqual(100_000);
  });

  test('a command that does not read its input is no crash', async () => {
    expect((await sh('exit 0', { input: Buffer.alloc(5_000_000) })).exitCode).toBe(0);
    expect((await sh('wc -c', { input: Buffer.alloc(5_000_000) })).stdout.toString().trim()).toBe('5000000');
  });
});

describe('startCommand', () => {
  test('streams in both directions', async () => {
    await using running = startCommand('cat', [], { signal: never });
    running.stdin.end('hello');
    const chunks: Uint8Array[] = [];
    for await (const chunk of running.stdout) chunks.push(chunk as Uint8Array);
    expect(Buffer.concat(chunks).toString()).toBe('hello');
    expect(await running.ended).toEqual({ exitCode: 0, stderr: '', isMissing: false });
  });

  test('leaving its scope kills it', async () => {
    let pid = 0;
    {
      await using running = startCommand('sh', ['-c', 'echo $$; exec sleep 30']);
      for await (const chunk of running.stdout) {
        pid = Number(String(chunk));
        break;
      }
      expect(isProcessAlive(pid)).toBe(true);
    }
    await expectGone(pid);
  });

  test('one that ignores its end is killed for good', async () => {
    let pid = 0;
    {
      await using running = startCommand('sh', ['-c', 'trap "" TERM; echo $$; while :; do sleep 0.1; done']);
      for await (const chunk of running.stdout) {
        pid = Number(String(chunk));
        break;
      }
    }
    await expectGone(pid);
  });

  test('a command that is not there ends, and says so', async () => {
    await using running = startCommand('slimtrace-no-such-command', []);
    expect(await running.ended).toMatchObject({ isMissing: true });
  });

  test('an abort ends it without an unhandled rejection', async () => {
    const abort = new AbortController();
    await using running = startCommand('sleep', ['30'], { signal: abort.signal });
    abort.abort(new Error('Ctrl-C'));
    expect((await running.ended).exitCode).not.toBe(0);
  });

  test('of endless complaints only the end is kept', async () => {
    await using running = startCommand('sh', ['-c', 'yes complaint 2>/dev/null | head -c 1000000 >&2; echo last >&2']);
    const { stderr } = await running.ended;
    expect(stderr.length).toBeLessThanOrEqual(65536);
    expect(stderr.endsWith('last\n')).toBe(true);
  });
});

describe('runInForeground', () => {
  const end = async () => {};

  test('passes the exit code on, and 128 + n for a signal, as shells do', async () => {
    expect(await inForeground('exit 3', { signal: never, end })).toBe(3);
    expect(await inForeground('kill -9 $$', { signal: never, end })).toBe(137);
  });

  test('an abort ends it from the other side, and waits until that is done; one that stays is killed', async () => {
    const controller = new AbortController();
    let hasEnded = false;
    const ending = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      hasEnded = true;
    };
    const running = inForeground('exec sleep 60', { signal: controller.signal, end: ending });
    controller.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow('interrupted');
    expect(hasEnded).toBe(true);
    await expect(inForeground('exit 0', { signal: controller.signal, end })).rejects.toThrow('interrupted');
  });
});
