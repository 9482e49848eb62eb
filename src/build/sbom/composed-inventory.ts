import type { TreeEntry } from '../../image/file-tree.js';
import { comparePaths, type FileTree } from '../../image/file-tree.js';
import type { Distribution } from '../../image/inventory/distribution.js';
import type { InstalledPackage } from '../../image/inventory/installed-package.js';
import { measureExtent, type PackageExtent } from '../../image/inventory/package-extent.js';
import type { Inventory } from '../../image/inventory/read-inventory.js';
import type { ImagePath } from '../../image/path.js';
import { isBaseEntry } from '../layers/base-entry.js';

/** A package of which a slim image has at least one file, or of which nobody wrote down what its files are. */
export interface KeptPackage extends PackageExtent {
  readonly extent: 'full' | 'part' | 'unknown';
  /** It, or this version of it, came with the base. */
  readonly isOfBase: boolean;
}

/** What a slim image has of what was installed. */
export interface ComposedInventory {
  /** Of the original: its os-release is kept. */
  readonly distribution: Distribution | undefined;
  /** Sorted by package URL. */
  readonly kept: readonly KeptPackage[];
  /** Packages of the original of which nothing is left; sorted by package URL. */
  readonly gone: readonly InstalledPackage[];
}

export interface ComposedOf {
  readonly original: Inventory;
  /** What is kept of the original, wherever it stands now. */
  readonly isKept: (path: ImagePath) => boolean;
  readonly base: { readonly inventory: Inventory; readonly tree: FileTree } | undefined;
  /** Everything in the finished image, as `stackedEntries` gives it. */
  readonly entries: Iterable<TreeEntry>;
}

/** Counts what a slim image has of the packages of its original and of its base. */
export function composeInventory({ original, isKept, base, entries }: ComposedOf): ComposedInventory {
  const kept = new Map<string, KeptPackage>();
  const keep = (measured: PackageExtent, isOfBase: boolean) => {
    const { extent } = measured;
    const { purl } = measured.package;
    if (extent === 'none') return;
    // The same version in both: its files are there once, whoever brought them.
    const known = kept.get(purl);
    const isMore = known === undefined || measured.filesKept >= known.filesKept;
    kept.set(purl, { ...(isMore ? { ...measured, extent } : known), isOfBase });
  };
  for (const one of original.packages) keep(measureExtent(one, isKept), false);
  if (base !== undefined) {
    const left = new Set([...entries].filter((entry) => isBaseEntry(entry, base.tree)).map(({ path }) => path));
    for (const one of base.inventory.packages)
      keep(
        measureExtent(one, (path) => left.has(path)),
        true,
      );
  }
  return {
    distribution: original.distribution ?? base?.inventory.distribution,
    kept: [...kept.values()].sort((left, right) => comparePaths(left.package.purl, right.package.purl)),
    gone: original.packages.filter(({ purl }) => !kept.has(purl)),
  };
}
