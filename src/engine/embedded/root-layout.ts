import { chmod, mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeEntry } from '../../image/file-tree.js';

/** Where a container's root file system is on this machine. */
export type RootLayout =
  /** The unpacked image below, what the container writes above (Documentation/filesystems/overlayfs.rst). */
  | { readonly kind: 'overlay'; readonly lower: string; readonly directory: string }
  /** A copy of its own, where no overlay can be mounted. */
  | { readonly kind: 'copy'; readonly root: string };

/** Makes the directories of an overlay in `directory`. The upper one is what the container sees as the attributes of `/`. */
export async function makeOverlay(lower: string, directory: string, root: TreeEntry | undefined): Promise<RootLayout> {
  for (const name of ['upper', 'work', 'merged']) await mkdir(join(directory, name));
  const upper = join(directory, 'upper');
  await chmod(upper, root?.mode ?? 0o755);
  const seconds = root?.mtime.seconds ?? 0;
  await utimes(upper, seconds, seconds);
  return { kind: 'overlay', lower, directory };
}

/** The arguments of the agent's `contain` for a root. */
export function rootArguments(layout: RootLayout): string[] {
  if (layout.kind === 'copy') return ['--root', layout.root];
  const { lower, directory } = layout;
  const own = ['upper', 'work', 'merged'].flatMap((name) => [`--${name}`, join(directory, name)]);
  return ['--lower', lower, ...own];
}
