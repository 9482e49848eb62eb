import { FileTree, type TreeEntry } from '../../image/file-tree.js';
import { childOf, type ImagePath, rootPath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';

/**
 * Trivy reads every file of an image that ends so, Syft every `*.cdx.*` (pkg/fanal/analyzer/sbom/sbom.go;
 * syft/pkg/cataloger/sbom/cataloger.go); neither minds where it is.
 */
const directory = ['usr', 'share', 'sbom'];
const fileName = 'slimtrace.cdx.json';

/** An SBOM as a file of the image, with the directories it needs, through the links of what is there. */
export function placeSbom(sbom: object, entries: Iterable<TreeEntry>): readonly PlacedFile[] {
  const contents = Buffer.from(JSON.stringify(sbom));
  const tree = new FileTree(entries);
  const made: ImagePath[] = [];
  let place: ImagePath = rootPath;
  for (const component of directory) {
    const next = childOf(place, component);
    const { entry } = tree.resolve(next);
    if (entry?.type === 'directory') place = entry.path;
    else if (!tree.has(next)) {
      made.push(next);
      place = next;
    }
    // What is there and is no directory stays: the file stands above it.
  }
  let name = fileName;
  while (!['file', undefined].includes(tree.get(childOf(place, name))?.type)) name = `_${name}`;
  const path = childOf(place, name);
  const plain = { uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } };
  return [
    ...made.map((at): PlacedFile => ({ entry: { ...plain, path: at, type: 'directory', mode: 0o755, sizeBytes: 0 } })),
    { entry: { ...plain, path, type: 'file', mode: 0o644, sizeBytes: contents.length }, contents },
  ];
}
