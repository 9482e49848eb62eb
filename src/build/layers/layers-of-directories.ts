import { ancestorsOf, type ImagePath } from '../../image/path.js';

/** Directories that a step of a build writes into beside what it is about: caches, metadata, what it makes and removes. */
const busyNames = new Set(['node_modules', 'site-packages', 'dist-packages', 'vendor']);

/** Which layers list a directory: those that hold something in it, and what is asked for besides. Layers are ranks from 0. */
export class LayersOfDirectories {
  readonly #masks = new Map<ImagePath, number>();

  /** The layer lists this directory, and so all above it. */
  add(directory: ImagePath, rank: number): void {
    if (!this.#mark(directory, rank)) return;
    for (const above of ancestorsOf(directory)) if (!this.#mark(above, rank)) return;
  }

  /**
   * Lists once more, in a last layer that takes so little, the directories whose time changes though nothing does that is
   * kept: `/tmp` and `/root` by any step of a build, `node_modules` by a bundler's cache. Their time is that layer's to say.
   */
  repeatBusyOnesIn(rank: number): void {
    for (const directory of [...this.#masks.keys()]) if (isBusy(directory)) this.add(directory, rank);
  }

  /** Lowest first. */
  ranksOf(directory: ImagePath): readonly number[] {
    const mask = this.#masks.get(directory) ?? 0;
    return Array.from({ length: 32 - Math.clz32(mask) }, (_, rank) => rank).filter((rank) => mask & (1 << rank));
  }

  /** False when it was marked before. */
  #mark(directory: ImagePath, rank: number): boolean {
    const mask = this.#masks.get(directory) ?? 0;
    this.#masks.set(directory, mask | (1 << rank));
    return (mask & (1 << rank)) === 0;
  }
}

/** At most two below the root, or the outermost directory of such a name, or one that `npm prune` takes packages out of. */
function isBusy(directory: ImagePath): boolean {
  const components = directory.split('/');
  if (components.length <= 3) return true;
  const outermost = components.findIndex((name) => busyNames.has(name));
  if (outermost === -1) return false;
  const [below, ...deeper] = components.slice(outermost + 1);
  return below === undefined || (deeper.length === 0 && (below === '.bin' || below.startsWith('@')));
}
