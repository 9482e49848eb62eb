import { FileTree, type TreeEntry } from '../image/file-tree.js';
import { asImagePath, type ImagePath } from '../image/path.js';
import type { Selection } from '../selection/reason.js';
import type { FullReport } from './full-report.js';

/** The original image that a report is about, as far as names go, and what became of each of its paths. */
export interface ReportedOriginal {
  readonly tree: FileTree;
  readonly selection: Selection;
  /** What `--exclude` left out, with the pattern that did it. */
  readonly excluded: ReadonlyMap<ImagePath, string>;
  ownerOf(path: ImagePath): string | undefined;
}

/** Reads the original's tree out of a report; metadata that a report lacks is zero. Throws `path-invalid`. */
export function readOriginal(report: FullReport): ReportedOriginal {
  const owners = new Map(report.tree.map(([path, , owner]) => [path, owner ?? undefined]));
  return {
    tree: new FileTree(report.tree.map(([path, type, , , , linkTarget]) => plainEntry(path, type, linkTarget))),
    selection: new Map(report.kept.map(([path, reasons]) => [asImagePath(path), reasons])),
    excluded: new Map(report.excluded.map(([path, pattern]) => [asImagePath(path), pattern])),
    ownerOf: (path) => owners.get(path),
  };
}

/** An entry of which only the name, the type and a symlink's text are known. */
export function plainEntry(path: string, type: TreeEntry['type'], linkTarget: string | undefined): TreeEntry {
  return {
    path: asImagePath(path),
    type,
    mode: 0,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}
