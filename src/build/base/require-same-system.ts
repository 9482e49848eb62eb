import { isSharedLibraryName } from '../../image/file-tree.js';
import type { PlacedFile } from '../composition.js';
import { BaseConflict } from './refuse-base.js';
import { keptPackages, type Standing } from './standing.js';

/**
 * Refuses a base of another distribution for programs of one's own: what both record can't be told apart. Gives a remark
 * where scanners will take the base's packages for those of another release.
 */
export function requireSameSystem(standing: Standing): readonly string[] {
  const { ours, theirs } = standing;
  if (theirs.versions.size === 0 && theirs.ownership.kind !== 'unknown') return [];
  const names = keptPackages(standing);
  const isRpm = (kind: string) => kind === 'rpm' || kind === 'unknown';
  if (isRpm(theirs.ownership.kind) && isRpm(ours.ownership.kind) && names.size > 0)
    throw new BaseConflict('both have an rpm database, and two of them can’t be made one');
  const [own, other] = [ours.distribution, theirs.distribution];
  if (own === undefined || other === undefined) return [];
  const hasPrograms = [...standing.files.values()].some((file) => isPackagedProgram(file, standing));
  if (own.id !== other.id && hasPrograms)
    throw new BaseConflict(`its packages are ${other.id}’s, and those of the image are ${own.id}’s`);
  if (own.id === other.id && own.versionId === other.versionId) return [];
  const saysOwn = ['/etc/os-release', '/usr/lib/os-release'].some(
    (path) => standing.kept.resolve(path).entry !== undefined,
  );
  const release = ({ id, versionId = '' }: typeof own) => `${id} ${versionId}`.trim();
  return saysOwn
    ? [`the base’s packages are of ${release(other)}, and scanners take them for those of ${release(own)}`]
    : [];
}

function isPackagedProgram({ entry, contents }: PlacedFile, { ours }: Standing): boolean {
  if (entry.type !== 'file' || contents instanceof Uint8Array || entry.path.startsWith('/etc/')) return false;
  if (!isSharedLibraryName(entry.path) && (entry.mode & 0o111) === 0) return false;
  return ours.ownership.ownerOf(entry.path) !== undefined;
}
