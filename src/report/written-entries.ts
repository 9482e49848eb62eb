import type { Composition, PlacedFile } from '../build/composition.js';
import type { EntryType, FileTree } from '../image/file-tree.js';

/** What slimtrace made itself. `layer` is the slim image's, as `layers` of the report counts them. */
export type WrittenEntry = readonly [path: string, type: EntryType, sizeBytes: number, layer: number];

/** Contents of slimtrace's own, and directories and links that the original has none of, layer by layer. */
export function reportWritten({
  composition: { base, layers },
  tree,
}: {
  readonly composition: Pick<Composition, 'base' | 'layers'>;
  readonly tree: FileTree;
}): WrittenEntry[] {
  const below = base?.image.layers.length ?? 0;
  return layers.flatMap(({ files }, at) =>
    files
      .filter((file) => isOwn(file, tree))
      .map(({ entry: { path, type, sizeBytes } }) => [path, type, sizeBytes, below + at] as const),
  );
}

function isOwn({ entry, contents }: PlacedFile, original: FileTree): boolean {
  return entry.type === 'file' ? contents instanceof Uint8Array : !original.has(entry.path);
}
