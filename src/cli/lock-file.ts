import type { Lock } from '../selection/lock/lock.js';
import { readGivenFile } from '../system/given-file.js';

/** Reads a lock that `slimtrace lock` wrote, and its text. Throws `file-unreadable` and `lock-invalid`. */
export async function readLockFile(
  file: string,
  signal: AbortSignal,
): Promise<{ readonly lock: Lock; readonly text: string }> {
  // With zod and a YAML parser: only who has a lock pays for them.
  const { maxLockBytes, parseLock } = await import('../schema/lock-schema.js');
  const hintWhenAbsent = 'slimtrace lock writes one: slimtrace lock IMAGE --output FILE';
  const bytes = await readGivenFile(file, { maxBytes: maxLockBytes, signal, hintWhenAbsent });
  return { lock: parseLock(bytes, file), text: bytes.toString('utf8') };
}
