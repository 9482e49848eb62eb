import { setImmediate as pause } from 'node:timers/promises';
import type { HiddenFile, WastedFile } from '../../image/archive/account-layers.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import type { Secret } from './secret.js';
import { elfMagicBytes, isProgram, secretsOf } from './secret-search.js';

/** A secret in a file that a later layer replaces or removes: the image ships it all the same. */
export interface HiddenSecret extends Secret, Pick<WastedFile, 'broughtBy' | 'hiddenBy' | 'how'> {}

/** So many small files are searched before others get their turn. */
const filesPerTurn = 64;

/**
 * Finds secrets in what layers hide of one another, in the order of the layers that brought them. Not what stands in the
 * finished tree all the same: there it is found by its name. Files are read piece by piece, each once.
 */
export async function findHiddenSecrets(
  files: readonly HiddenFile[],
  ownership: Pick<PackageOwnership, 'ownerOf'>,
  signal: AbortSignal,
): Promise<readonly HiddenSecret[]> {
  const found: HiddenSecret[] = [];
  for (const [at, file] of files.entries()) {
    if (at % filesPerTurn === 0) await pause();
    signal.throwIfAborted();
    const { path, broughtBy, hiddenBy, how } = file;
    if (file.isCopyStanding) continue;
    if (mayBePackaged(path, ownership) && isProgram(file.read(0, elfMagicBytes))) continue;
    for (const secret of await secretsOf(path, file)) found.push({ ...secret, broughtBy, hiddenBy, how });
  }
  return found.sort((left, right) => left.broughtBy - right.broughtBy);
}

/** Where distributions put programs and libraries: whose those were that are gone, the last database doesn't tell. */
const systemDirectory = /^\/(?:usr\/)?(?:s?bin|lib(?:exec|32|64|x32)?)\//;

function mayBePackaged(path: ImagePath, ownership: Pick<PackageOwnership, 'ownerOf'>): boolean {
  return systemDirectory.test(path) || ownership.ownerOf(path) !== undefined;
}
