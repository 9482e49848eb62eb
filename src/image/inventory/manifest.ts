import type { FileTree } from '../file-tree.js';
import { baseName, type ImagePath, parentOf } from '../path.js';

/** A file by which a language's package manager says what it installed. */
export interface Manifest {
  readonly kind: 'npm' | 'dist-info' | 'egg-info' | 'gem' | 'composer';
  readonly path: ImagePath;
  /** Files beside it that say which files are the package's. */
  readonly lists: readonly ImagePath[];
}

/** More than the longest that have been seen; a hostile one could be as long as the image. */
const maxManifestBytes = 4 * 1024 * 1024;

/**
 * Finds the manifests of installed packages: npm's below `node_modules`, Python's `*.dist-info` and `*.egg-info` (PyPA's
 * "Recording installed projects"), `specifications/*.gemspec` of RubyGems, Composer's `vendor/composer/installed.json`.
 */
export function findManifests(tree: FileTree): Manifest[] {
  return [...tree.entries()].flatMap(({ path, type, sizeBytes }) => {
    if (type !== 'file' || sizeBytes > maxManifestBytes) return [];
    const manifest = manifestAt(path);
    if (manifest === undefined) return [];
    const lists = manifest.lists.filter((list) => {
      const entry = tree.get(list);
      return entry?.type === 'file' && entry.sizeBytes <= maxManifestBytes;
    });
    return { ...manifest, lists };
  });
}

function manifestAt(path: ImagePath): Manifest | undefined {
  const name = baseName(path);
  const beside = (...names: readonly string[]) => names.map((other) => `${parentOf(path)}/${other}` as ImagePath);
  if (name === 'package.json' && /\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path))
    return { kind: 'npm', path, lists: [] };
  if (name === 'METADATA' && parentOf(path).endsWith('.dist-info'))
    return { kind: 'dist-info', path, lists: beside('RECORD') };
  if (name === 'PKG-INFO' && parentOf(path).endsWith('.egg-info'))
    return { kind: 'egg-info', path, lists: beside('installed-files.txt', 'top_level.txt') };
  if (name.endsWith('.egg-info')) return { kind: 'egg-info', path, lists: [] };
  if (name.endsWith('.gemspec') && /\/specifications(?:\/default)?\/[^/]+$/.test(path))
    return { kind: 'gem', path, lists: [] };
  if (path.endsWith('/composer/installed.json')) return { kind: 'composer', path, lists: [] };
  return undefined;
}
