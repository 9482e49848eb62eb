import type { FileTree } from '../../image/file-tree.js';
import { mergeTraces } from '../../trace/merge-traces.js';
import type { Trace, TracedImage, TracedPath } from '../../trace/trace.js';
import { Successors } from './successors.js';

/** A trace of one build of an image as one of another build. */
export interface GeneralisedTrace {
  readonly trace: Trace;
  /** Paths that the traced build had and this one has not, with those that took their places. */
  readonly renamed: ReadonlyMap<string, readonly string[]>;
  /** Such paths without any. */
  readonly gone: readonly TracedPath[];
  /** How many of its paths the traced build had. */
  readonly existed: number;
}

/**
 * What a trace says of another build of the image that was traced: paths that are gone give way to what is called so in
 * this build (the library's next version, the asset with its new hash), wherever one was expected to exist.
 */
export function generaliseTrace(trace: Trace, image: TracedImage, tree: FileTree): GeneralisedTrace {
  const successors = new Successors(tree);
  const renamed = new Map<string, readonly string[]>();
  const gone: TracedPath[] = [];
  let existed = 0;
  const nameNow = (path: string): readonly string[] =>
    successors.has(path) ? [path] : orElse(successors.of(path), [path]);
  const paths = trace.paths.flatMap((traced): readonly TracedPath[] => {
    if (traced.existed === false) return [traced];
    if (traced.existed === true) existed += 1;
    if (successors.has(traced.path)) return [withNames(traced, traced.path, nameNow)];
    const now = successors.of(traced.path);
    if (now.length > 0) renamed.set(traced.path, now);
    else if (traced.existed === true) gone.push(traced);
    return now.length === 0 ? [traced] : now.map((path) => withNames(traced, path, nameNow));
  });
  return { trace: mergeTraces({ ...trace, image, paths }), renamed, gone, existed };
}

/** A traced path by another name; the other names in it follow. */
function withNames(traced: TracedPath, path: string, nameNow: (path: string) => readonly string[]): TracedPath {
  const { reachedThrough } = traced;
  return {
    ...traced,
    path,
    programs: [...new Set(traced.programs.flatMap(nameNow))].sort(),
    ...(reachedThrough === undefined ? {} : { reachedThrough: [...new Set(reachedThrough.flatMap(nameNow))].sort() }),
  };
}

function orElse<Item>(items: readonly Item[], others: readonly Item[]): readonly Item[] {
  return items.length > 0 ? items : others;
}
