import type { ImagePath } from '../../image/path.js';
import { isOfPackage } from './named-files.js';
import type { NodeWorld } from './node-world.js';

/** Whether a file's reference to another package counts in production, and why not. */
export type Followed = 'yes' | 'for-development' | 'undeclared';

/**
 * Judges by what is declared, for what ran was traced anyway: a package that is installed for development alone is left
 * out unless the package that names it depends on it; so is one that is asked for within `try` and that nobody declares.
 */
export function mayFollow(
  world: NodeWorld,
  from: ImagePath,
  target: { readonly name: string; readonly directory: string },
  isOptional: boolean,
): Followed {
  const manifest = world.owner(from)?.manifest;
  if (manifest?.name === target.name) return 'yes';
  if (manifest?.dependencies.has(target.name) || manifest?.optionalDependencies.has(target.name)) return 'yes';
  const isPeer = manifest?.peerDependencies.has(target.name) === true;
  const isDevelopment = manifest?.devDependencies.has(target.name) === true && !isPeer;
  if (isDevelopment || (world.isForDevelopment(target.directory) && !world.isForDevelopment(from))) {
    return 'for-development';
  }
  return isOptional && manifest !== undefined && !isPeer ? 'undeclared' : 'yes';
}

/** Data that a function of a package loads on demand is taken along up to this: tables for every language add up. */
const maxLazyDataBytes = 8 * 1024;

/** True for a data file of a package that is loaded within a function, and too large to be kept unseen. */
export function isLargeTable(world: NodeWorld, from: ImagePath, file: string, isLazy: boolean): boolean {
  if (!isLazy || !isOfPackage(from) || !file.endsWith('.json')) return false;
  return (world.tree.resolve(file).entry?.sizeBytes ?? 0) > maxLazyDataBytes;
}

/** Programs that install and start others: what they would load for their other commands is not the application's. */
export function isLauncher(path: ImagePath): boolean {
  return /\/(?:node_modules|nodejs)\/(?:npm|pnpm|yarn|corepack)\//.test(path);
}
