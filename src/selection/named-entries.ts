import { comparePaths, type FileTree } from '../image/file-tree.js';
import { baseName, childOf, type ImagePath, parentOf, rootPath } from '../image/path.js';
import { type Glob, matchComponents, parseGlobs } from './glob.js';
import { matchesAny } from './path-matcher.js';

/** An entry that a pattern names. */
export interface NamedEntry {
  readonly path: ImagePath;
  /** That of its names which matches: its path, or one that leads through links to directories. */
  readonly name: string;
}

/**
 * Finds what patterns of the user name in a tree, by any of an entry's names: in a usr-merged image `/usr/bin/sh` is
 * `/bin/sh` too. A link is an entry like any other. A pattern that is a path as it is written names that too, wildcards
 * and all (`/srv/[id].js`). Each entry once, sorted by path.
 */
export function findNamed(tree: FileTree): (pattern: string) => readonly NamedEntry[] {
  const links = linkedDirectories(tree);
  return (pattern) => {
    const found = new Map<ImagePath, string>();
    for (const { path } of tree.entries()) if (matchesAny([pattern], path)) found.set(path, path);
    const literally = pattern.startsWith('/') ? tree.resolve(pattern, { followLast: false }).entry : undefined;
    if (literally !== undefined && !found.has(literally.path)) found.set(literally.path, pattern);
    for (const glob of parseGlobs(pattern))
      for (const { path, name } of throughLinks(tree, links, glob)) if (!found.has(path)) found.set(path, name);
    return [...found]
      .map(([path, name]) => ({ path, name }))
      .sort((left, right) => comparePaths(left.path, right.path));
  };
}

/** Every link that leads to a directory, with that directory's own path. */
function linkedDirectories(tree: FileTree): ReadonlyMap<ImagePath, ImagePath> {
  const links = new Map<ImagePath, ImagePath>();
  for (const { path, type } of tree.entries()) {
    const target = type === 'symlink' ? tree.resolve(path).entry : undefined;
    if (target?.type === 'directory') links.set(path, target.path);
  }
  return links;
}

/**
 * What a glob matches by a name with a link in it. Where a link leads back up, names have no end; so not names are
 * walked but places, which are how much of the glob a name has matched so far: a directory is looked through once
 * for each place, and never for those that its own path reaches, since the entries' own paths are matched already.
 */
function* throughLinks(tree: FileTree, links: ReadonlyMap<ImagePath, ImagePath>, glob: Glob): Generator<NamedEntry> {
  const end = glob.literal.length + glob.rest.length;
  const placesOf = placesByPath(glob);
  const reached = new Map<ImagePath, Set<number>>();
  const pending: { readonly directory: ImagePath; readonly places: readonly number[]; readonly name: ImagePath }[] = [];
  const enter = (directory: ImagePath, all: ReadonlySet<number>, name: ImagePath) => {
    if (all.size === 0) return;
    const known = reached.get(directory) ?? new Set(placesOf(directory));
    const places = [...all].filter((place) => place < end && !known.has(place));
    for (const place of places) known.add(place);
    reached.set(directory, known);
    if (places.length > 0) pending.push({ directory, places, name });
  };
  for (const [link, target] of links) enter(target, placesOf(link), link);
  // What is added meanwhile is walked as well, shorter names first.
  for (const { directory, places, name } of pending) {
    for (const path of tree.children(directory)) {
      const next = advance(glob, places, baseName(path));
      const itsName = childOf(name, baseName(path));
      if (next.has(end)) yield { path, name: itsName };
      const inner = tree.get(path)?.type === 'directory' ? path : links.get(path);
      if (inner !== undefined) enter(inner, next, itsName);
    }
  }
}

/** The places that a directory's or link's own path reaches. */
function placesByPath(glob: Glob): (path: ImagePath) => ReadonlySet<number> {
  const known = new Map<ImagePath, ReadonlySet<number>>([[rootPath, new Set([0])]]);
  const placesOf = (path: ImagePath): ReadonlySet<number> => {
    const places = known.get(path) ?? advance(glob, placesOf(parentOf(path)), baseName(path));
    known.set(path, places);
    return places;
  };
  return placesOf;
}

/** The places after one more component; the glob's length is the place where all of it has matched. */
function advance({ literal, rest }: Glob, places: Iterable<number>, component: string): ReadonlySet<number> {
  const end = literal.length + rest.length;
  const next = new Set<number>();
  for (const start of places) {
    for (let at = start; at < end; at += 1) {
      const pattern = rest[at - literal.length];
      if (pattern === '**') next.add(at);
      else if (pattern === undefined ? literal[at] === component : matchComponents([pattern], [component]))
        next.add(at + 1);
      // `**` may stand for nothing, and what follows it for the component.
      if (pattern !== '**') break;
      if (at === end - 1) next.add(end);
    }
  }
  // At the end it may as well; but `/lib/**` is what is below /lib (see path-matcher).
  if (rest.length > 1 && rest.at(-1) === '**' && next.has(end - 1)) next.add(end);
  return next;
}
