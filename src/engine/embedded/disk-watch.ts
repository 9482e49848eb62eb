import { statfs } from 'node:fs/promises';

/** What a container may not take: the machine and slimtrace need room for themselves. */
const reservedBytes = 512 * 1024 * 1024;
const intervalMs = 500;

/**
 * Calls `onFull` once when the file system of `directory` is nearly full: when most of what was free at first is gone as
 * well. Leaving its scope ends the watch.
 */
export function watchDisk(directory: string, onFull: () => void): Disposable {
  let freeAtFirst: number | undefined;
  const timer = setInterval(() => {
    void statfs(directory).then(
      ({ bavail, bsize, blocks }) => {
        const free = bavail * bsize;
        freeAtFirst ??= free;
        if (free > Math.min(reservedBytes, (blocks * bsize) / 20, freeAtFirst / 4)) return;
        clearInterval(timer);
        onFull();
      },
      () => {}, // It is being removed.
    );
  }, intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
