import type { FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import { baseName } from '../../image/path.js';
import { findProgram } from '../../selection/environment.js';

/** What the generated commands are, besides the shell and tar. */
const programs = ['cp', 'chmod', 'chown', 'ln', 'mkdir', 'readlink', 'rm', 'touch', 'wc'];

/**
 * The shell with which an image can put its own slim tree together: it has one, GNU tar and what goes with them. Undefined
 * when it doesn't: BusyBox's tar, of Alpine, knows neither extended attributes nor exact times.
 */
export function findShell(tree: FileTree, config: ImageConfig): string | undefined {
  const [shell, tar, ...others] = ['sh', 'tar', ...programs].map((name) => findProgram(tree, config, name));
  if (shell === undefined || tar === undefined || others.includes(undefined)) return undefined;
  const real = tree.resolve(tar).entry;
  return real !== undefined && /^g?tar$/.test(baseName(real.path)) ? shell : undefined;
}
