import { comparePaths } from '../../image/file-tree.js';
import { baseName, type ImagePath } from '../../image/path.js';
import type { Selection } from '../../selection/reason.js';

/** The images of the distroless family that have no language in them, by what they add to the one before. */
export type PlainVariant = 'static' | 'base' | 'cc';

export interface VariantChoice {
  readonly variant: PlainVariant;
  /** A clause. */
  readonly because: string;
}

/** What a variant is for, the one that has most first: libraries by their names, those that say it best first. */
const libraries: readonly (readonly [PlainVariant, RegExp])[] = [
  ['cc', /^libstdc\+\+\.so\.6$/],
  ['cc', /^libgomp\.so\.1$/],
  ['cc', /^libgcc_s\.so\.1$/],
  ['base', /^libssl\.so\.\d/],
  ['base', /^libcrypto\.so\.\d/],
  ['base', /^libc\.so\.6$/],
];

/** Where Debian has libraries; an application's own copies elsewhere are of no use to a base. */
const libraryDirectory = /^(?:\/usr)?\/lib(?:64|\/[^/]+-linux-[^/]+)?\/[^/]+$/;

/** Chooses the smallest distroless image that has the system libraries which a selection keeps. */
export function chooseVariant(selection: Selection): VariantChoice {
  const kept = [...selection.keys()].filter((path) => libraryDirectory.test(path)).sort(comparePaths);
  for (const [variant, name] of libraries) {
    const library = kept.find((path) => name.test(baseName(path)));
    if (library !== undefined) return { variant, because: `${library} is kept` };
  }
  const program = dynamicProgram(selection);
  if (program !== undefined) return { variant: 'base', because: `${program} is linked dynamically` };
  return { variant: 'static', because: 'nothing that is kept is linked dynamically' };
}

function dynamicProgram(selection: Selection): ImagePath | undefined {
  for (const reasons of selection.values())
    for (const reason of reasons) if (reason.kind === 'elf-interpreter') return reason.parent;
  return undefined;
}
