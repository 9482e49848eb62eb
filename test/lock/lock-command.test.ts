import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderLock } from '../../src/report/lock/render-lock.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { anyLock } from './any-lock.ts';

test('the lock is where the configuration says, unless a flag says otherwise', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slimtrace-test-'));
  try {
    const file = join(directory, 'slimtrace.yaml');
    await writeFile(file, 'images:\n  web: { image: app:1, lock: web.lock }\n');
    const lock = (...more: string[]) => runInProcess(['lock', 'web', '--config', file, ...more]);
    const absent = await lock('--check');
    expect(absent).toMatchObject({ exitCode: 2, stdout: '' });
    expect(absent.stderr).toContain(`could not read ${join(directory, 'web.lock')}`);
    expect(absent.stderr).toContain('hint: slimtrace lock writes one');
    await writeFile(join(directory, 'web.lock'), renderLock(anyLock()));
    const there = await lock();
    expect(there.exitCode).toBe(2);
    expect(there.stderr).toContain(`${join(directory, 'web.lock')} is there already`);
    expect((await lock('--update', '--output', join(directory, 'other.lock'))).stderr).toContain('other.lock');
  } finally {
    await rm(directory, { recursive: true });
  }
});
