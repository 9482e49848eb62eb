import { baseName, type ImagePath } from '../image/path.js';
import type { ReportedOriginal } from './why-original.js';

/** Finds entries of the original by the end of their path. The index is made when it is first asked. */
export class NameIndex {
  readonly #original: ReportedOriginal;
  #byStem: ReadonlyMap<string, readonly ImagePath[]> | undefined;

  constructor(original: ReportedOriginal) {
    this.#original = original;
  }

  /** Every path that ends in `/name`; `name` may have slashes in it. */
  ending(name: string): readonly ImagePath[] {
    return this.#stem(baseName(`/${name}` as ImagePath)).filter((path) => path.endsWith(`/${name}`));
  }

  /** Every path whose directory ends in `/directory` and whose file name up to its first dot is `stem`; any directory when empty. */
  withStem(directory: string, stem: string): readonly ImagePath[] {
    const suffix = directory === '' ? '' : `/${directory}`;
    return this.#stem(stem).filter(
      (path) => stemOf(baseName(path)) === stem && path.slice(0, path.lastIndexOf('/')).endsWith(suffix),
    );
  }

  #stem(name: string): readonly ImagePath[] {
    this.#byStem ??= groupByStem(this.#original);
    return this.#byStem.get(stemOf(name)) ?? [];
  }
}

function groupByStem({ tree }: ReportedOriginal): ReadonlyMap<string, readonly ImagePath[]> {
  const groups = new Map<string, ImagePath[]>();
  for (const { path } of tree.entries()) {
    const stem = stemOf(baseName(path));
    const group = groups.get(stem);
    if (group === undefined) groups.set(stem, [path]);
    else group.push(path);
  }
  return groups;
}

/** `libz.so.1` has the stem `libz`, `.bashrc` the stem `.bashrc`. */
function stemOf(name: string): string {
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}
