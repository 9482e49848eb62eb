import { FileTree } from '../image/file-tree.js';
import { asImagePath, type ImagePath } from '../image/path.js';
import type { FullReport } from './full-report.js';
import { plainEntry } from './why-original.js';

/**
 * The name of the base that brings a path of a slim image, by whatever links of the base's it is reached; undefined for
 * what the base lacks, or what stands over it.
 */
export function baseOf({ base, fromBase }: Pick<FullReport, 'base' | 'fromBase'>, path: ImagePath): string | undefined {
  if (base === null || path === '/') return undefined;
  const tree = new FileTree(fromBase.map(([name, type, , link]) => plainEntry(asImagePath(name), type, link)));
  const { entry } = tree.resolve(path, { followLast: false });
  // The tree supplies directories that it needs: the image may have them from elsewhere.
  return entry !== undefined && fromBase.some(([name]) => name === entry.path) ? base.name : undefined;
}
