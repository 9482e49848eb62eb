import { FileTree, type TreeEntry } from '../image/file-tree.js';
import { asImagePath, type ImagePath } from '../image/path.js';
import { type Explanation, explainPath } from '../selection/explain.js';
import type { FullReport } from './report.js';

/** The answer to `slimtrace why`, with the package the file belongs to. */
export interface Answer {
  readonly image: string;
  readonly explanation: Explanation;
  readonly package: string | undefined;
}

/** Explains a path of the image that a report is about. */
export function answerWhy(report: FullReport, path: ImagePath): Answer {
  const tree = new FileTree(report.tree.map(([name, type, , linkTarget]) => plainEntry(name, type, linkTarget)));
  const selection = new Map(report.kept.map(([name, reasons]) => [asImagePath(name), reasons]));
  const excluded = new Map(report.excluded.map(([name, pattern]) => [asImagePath(name), pattern]));
  const explanation = explainPath({ selection, excluded }, tree, path);
  const owner = report.tree.find(([name]) => name === explanation.path)?.[2];
  return { image: report.slim.reference, explanation, package: owner ?? undefined };
}

/** A report carries what leads from path to path; the rest of the metadata doesn't matter here. */
function plainEntry(path: string, type: TreeEntry['type'], linkTarget: string | undefined): TreeEntry {
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
