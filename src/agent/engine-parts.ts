import { alwaysProvided } from '../image/engine-provided.js';
import type { TreeEntry } from '../image/file-tree.js';
import { ancestorsOf, parseImagePath } from '../image/path.js';

/** What it makes there when the image lacks it. */
const providedWhenMissing: ReadonlySet<string> = new Set(['/dev/pts', '/dev/shm', '/etc/mtab', '/proc', '/sys']);

/** Podman makes this file, and its directory where there is none: a new one can't be told from the image's own, so it stays. */
const podmanMarker = '/run/.containerenv';

/** Where it always does so: the time of these is lost, and with it whether the image had them at all, so they stay. */
const alwaysWrittenInto: ReadonlySet<string> = new Set(['/', '/dev', '/etc']);

/** Made at the same moment as the rest, by Docker or by Podman; its time is by the engine's clock. */
const markers: ReadonlySet<string> = new Set(['/.dockerenv', podmanMarker]);
const momentSeconds = 2;

/**
 * Takes out of a listing what the engine put in for the container that was listed. Directories it had to write into lost
 * their time to that, and there is no other to be had: they get the image's, so that one image has one tree.
 *
 * @param created when the image was made, RFC 3339
 * @param volumes where the image declares volumes: the engine makes those directories that are missing
 */
export function withoutEngineParts(
  entries: readonly TreeEntry[],
  created: string,
  volumes: readonly string[],
): TreeEntry[] {
  const made = entries.find(({ path }) => markers.has(path))?.mtime.seconds ?? Number.POSITIVE_INFINITY;
  const isPodman = entries.some(({ path }) => path === podmanMarker);
  const isNew = ({ mtime }: TreeEntry) => mtime.seconds >= made - momentSeconds;
  const towardsVolumes = new Set(volumes.map(parseImagePath).flatMap((volume) => [volume, ...ancestorsOf(volume)]));
  const mtime = { seconds: Math.max(0, Math.floor(Date.parse(created) / 1000) || 0), nanoseconds: 0 };
  return entries.flatMap((entry) => {
    const { path } = entry;
    if (alwaysProvided.has(path) || path.startsWith('/.slimtrace/')) return [];
    if (providedWhenMissing.has(path) && isNew(entry)) return [];
    const isWrittenInto =
      alwaysWrittenInto.has(path) || (isPodman && path === '/run') || (towardsVolumes.has(path) && isNew(entry));
    return isWrittenInto && entry.type === 'directory' ? [{ ...entry, mtime }] : [entry];
  });
}
