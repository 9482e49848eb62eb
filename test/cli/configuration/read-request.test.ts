import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from '../run-in-process.ts';

test('a trace on the command line stands for the configuration’s lock, and a lock for its trace', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slimtrace-test-'));
  try {
    const file = join(directory, 'slimtrace.yaml');
    await writeFile(file, 'images:\n  a: { image: app:1, lock: a.lock }\n  b: { image: app:2, trace: b.json }\n');
    const build = (...args: string[]) => runInProcess(['build', '--config', file, '--quiet', ...args]);
    const unread = { exitCode: 2, stderr: expect.stringContaining('error: could not read none') };
    expect(await build('a', '--trace', 'none')).toMatchObject(unread);
    expect(await build('b', '--lock', 'none')).toMatchObject(unread);
    expect((await build('a', '--trace', 'none', '--lock', 'none')).stderr).toContain('two answers to one question');
  } finally {
    await rm(directory, { recursive: true });
  }
});
