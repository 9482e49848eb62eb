import { comparePaths, type FileTree, type Resolution } from '../image/file-tree.js';
import { type ImagePath, parentOf, rootPath } from '../image/path.js';
import type { Exclusion } from './exclusion.js';
import type { SelectionNote } from './note.js';
import { parentOfReason, type Reason } from './reason.js';
import type { Want } from './rule.js';

/**
 * A selection while it grows. It knows what holds for every wanted path whoever asks: all symlinks on the way, what
 * they lead to and all directories above are kept with it; what the user excluded never is.
 */
export class GrowingSelection {
  readonly #tree: FileTree;
  readonly #exclusion: Exclusion;
  readonly #reasons = new Map<ImagePath, Map<string, Reason>>();
  readonly #excluded = new Map<ImagePath, string>();
  readonly #broken = new Map<ImagePath, SelectionNote & { readonly kind: 'exclude-breaks' }>();
  #fresh: ImagePath[] = [];

  constructor(tree: FileTree, exclusion: Exclusion) {
    this.#tree = tree;
    this.#exclusion = exclusion;
    this.#addDirectory(rootPath);
  }

  has(path: ImagePath): boolean {
    return this.#reasons.has(path);
  }

  reasonsOf(path: ImagePath): readonly Reason[] {
    return [...(this.#reasons.get(path)?.values() ?? [])];
  }

  /** Every selected path with all its reasons, in no order; a directory may have none of its own. */
  get reasons(): ReadonlyMap<ImagePath, ReadonlyMap<string, Reason>> {
    return this.#reasons;
  }

  /** What was wanted and left out because the user said so, with the pattern. */
  get excluded(): ReadonlyMap<ImagePath, string> {
    return this.#excluded;
  }

  get brokenByExclusion(): readonly SelectionNote[] {
    return [...this.#broken.values()];
  }

  /** What was selected since the last call, sorted. */
  takeFresh(): readonly ImagePath[] {
    const fresh = this.#fresh.sort(comparePaths);
    this.#fresh = [];
    return fresh;
  }

  keep(want: Want): void {
    const way = this.#tree.resolve(want.path, { followLast: want.followLast ?? true });
    if (way.entry === undefined && want.onlyIfPresent === true && !this.#isDanglingLink(want, way)) return;
    const end = way.entry?.path ?? way.directory;
    if (this.#isExcluded(end, want.reason, way.entry !== undefined)) return;
    this.#add(end, want.reason);
    const cause = parentOfReason(want.reason);
    for (const link of way.symlinks) {
      const reason: Reason = { kind: 'symlink', parent: end };
      if (link !== cause && !this.#isExcluded(link, reason, true)) this.#add(link, reason);
    }
    for (const walked of way.alsoWalked) {
      const reason: Reason = { kind: 'walked-through', parent: end };
      if (!this.#isExcluded(walked, reason, true)) this.#add(walked, reason);
    }
  }

  #isDanglingLink(want: Want, way: Resolution): boolean {
    return way.symlinks.length > 0 && this.#tree.resolve(want.path, { followLast: false }).entry !== undefined;
  }

  #isExcluded(path: ImagePath, reason: Reason, isNeeded: boolean): boolean {
    const pattern = this.#exclusion.patternFor(path);
    if (pattern === undefined) return false;
    if (!isNeeded) return true;
    this.#excluded.set(path, pattern);
    const parent = parentOfReason(reason);
    if (parent === undefined && reason.kind !== 'command') return true;
    // Company, not a need.
    if (reason.kind === 'static' && (reason.defence === 'granularity' || reason.defence === 'records')) return true;
    const known = this.#broken.get(path);
    if (known === undefined || comparePaths(parent ?? '', known.parent ?? '') < 0) {
      this.#broken.set(path, { kind: 'exclude-breaks', path, pattern, ...(parent === undefined ? {} : { parent }) });
    }
    return true;
  }

  #add(path: ImagePath, reason: Reason): void {
    if (!this.#reasons.has(path)) this.#addDirectory(parentOf(path));
    const known = this.#reasons.get(path);
    if (known !== undefined) known.set(JSON.stringify(reason), reason);
    else {
      this.#reasons.set(path, new Map([[JSON.stringify(reason), reason]]));
      this.#fresh.push(path);
    }
  }

  /**
   * Selects a directory and those above it, whatever is excluded: a kept path can't hang in the air. Which kept path
   * they hold is worked out when the selection is settled.
   */
  #addDirectory(path: ImagePath): void {
    for (let directory = path; !this.#reasons.has(directory); directory = parentOf(directory)) {
      this.#reasons.set(directory, new Map());
      this.#fresh.push(directory);
    }
  }
}
