import type { FileTree } from '../image/file-tree.js';
import type { ImageConfig } from '../image/image.js';

/** Where programs are looked for when the image sets no PATH: what container engines then use. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A variable of the image's environment; the last one of a name counts, as for the engines. */
export function variable(config: ImageConfig, name: string): string | undefined {
  const line = config.Env?.findLast((candidate) => candidate.startsWith(`${name}=`));
  return line?.slice(name.length + 1);
}

/** A file name as a process of the image means it: relative ones start at its working directory. */
export function absolutePath(config: ImageConfig, path: string): string {
  return path.startsWith('/') ? path : `/${config.WorkingDir ?? ''}/${path}`;
}

/** The directories of a `:`-separated variable, absolute; an empty one is the working directory (execvp(3)). */
export function searchDirectories(config: ImageConfig, list: string): readonly string[] {
  return list.split(':').map((directory) => absolutePath(config, directory));
}

/**
 * Where the image's environment finds a program by name (by the name as the shell would put it together, symlinks
 * unresolved); a name with a slash is a file name. Undefined when there is no such executable.
 */
export function findProgram(tree: FileTree, config: ImageConfig, name: string): string | undefined {
  if (name === '') return undefined;
  if (name.includes('/'))
    return isExecutable(tree, absolutePath(config, name)) ? absolutePath(config, name) : undefined;
  return searchDirectories(config, variable(config, 'PATH') ?? defaultPath)
    .map((directory) => `${directory}/${name}`)
    .find((path) => isExecutable(tree, path));
}

function isExecutable(tree: FileTree, path: string): boolean {
  const { entry } = tree.resolve(path);
  return entry?.type === 'file' && (entry.mode & 0o111) !== 0;
}
