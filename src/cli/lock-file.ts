import { readFile } from 'node:fs/promises';
import { SlimtraceError } from '../errors.js';
import type { Lock } from '../selection/lock/lock.js';

/** Reads a lock that `slimtrace lock` wrote, and its text. Throws `file-unreadable` and `lock-invalid`. */
export async function readLockFile(file: string): Promise<{ readonly lock: Lock; readonly text: string }> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  // With zod and a YAML parser: only who has a lock pays for them.
  const { parseLock } = await import('../schema/lock-schema.js');
  return { lock: parseLock(bytes, file), text: bytes.toString('utf8') };
}
