import { FileTree } from '../../image/file-tree.js';
import type { ImagePath } from '../../image/path.js';
import { stackedEntries } from '../layers/stacked-entries.js';
import type { BridgeLinks } from './bridge-links.js';
import type { Placement } from './place-files.js';
import { BaseConflict } from './refuse-base.js';
import type { StackedFiles } from './stack-files.js';
import type { Standing } from './standing.js';

interface ProofInput {
  readonly standing: Standing;
  /** The base's tree without what is taken away. */
  readonly base: FileTree;
  readonly placement: Placement;
  readonly bridges: BridgeLinks;
  readonly stacked: StackedFiles;
}

/**
 * Walks every name: ours must lead on the base to what they lead to alone, and the base's links must still lead somewhere.
 * Throws a BaseConflict for the first that doesn't.
 */
export function proveStack({ standing, base, placement, bridges, stacked }: ProofInput): void {
  const { kept } = standing;
  const tree = new FileTree(stackedEntries(standing.base.tree.entries(), stacked));
  const placeOf = (path: ImagePath): ImagePath | undefined => {
    const stands = placement.sameAs.get(path) ?? path;
    return stacked.homes.get(stands) ?? placement.directories.get(stands);
  };
  const require = (name: ImagePath, path: ImagePath) => {
    const target = kept.resolve(path).entry;
    if (target === undefined) return;
    const found = tree.resolve(name).entry;
    // Of a directory with two names, either will do: what is in it has both too.
    const isOther = found !== undefined && bridges.directoryAt.get(found.path)?.path === target.path;
    if (!isOther && (found === undefined || found.path !== placeOf(target.path)))
      throw new BaseConflict(
        `${name} would lead to ${found?.path ?? 'nothing'} there, and not to what it is in the image`,
      );
  };
  for (const { path } of kept.entries()) require(path, path);
  for (const [at, path] of bridges.links) require(at, path);
  for (const { entry, aliases } of placement.leaves.values()) for (const at of aliases) require(at, entry.path);
  for (const { path, type } of base.entries()) {
    if (type !== 'symlink' || tree.get(path) === undefined) continue;
    if (base.resolve(path).entry !== undefined && tree.resolve(path).entry === undefined)
      throw new BaseConflict(`its link ${path} would lead nowhere`);
  }
}
