import type { FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import { matchingPaths } from './matching-paths.js';

const maxFiles = 256;

/**
 * The directories that /etc/ld.so.conf and the files it includes name, in order (ldconfig(8)). Files that `contents`
 * can't give are left out.
 */
export function ldSoConfDirectories(
  tree: FileTree,
  contents: (path: ImagePath) => Uint8Array | undefined,
): readonly string[] {
  const directories: string[] = [];
  const seen = new Set<string>();
  const readConf = (name: string): void => {
    const path = tree.resolve(name).entry?.path;
    if (path === undefined || seen.has(path) || seen.size >= maxFiles) return;
    seen.add(path);
    for (const line of linesOf(contents(path))) {
      const [word = '', ...rest] = line.split(/\s+/);
      if (word === 'include') {
        for (const pattern of rest) {
          const absolute = pattern.startsWith('/') ? pattern : `/etc/${pattern}`;
          for (const included of matchingPaths(tree, absolute)) readConf(included);
        }
      } else if (word.startsWith('/')) directories.push(...line.split(/[\s:,]+/).map(withoutKind));
    }
  };
  readConf('/etc/ld.so.conf');
  return directories;
}

/** Lines without comments, trimmed, the empty ones left out. */
export function linesOf(bytes: Uint8Array | undefined): readonly string[] {
  if (bytes === undefined) return [];
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

/** `/opt/lib=libc6` is `/opt/lib`. */
function withoutKind(directory: string): string {
  return directory.replace(/=[^/]*$/, '');
}
