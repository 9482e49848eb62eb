import type { Collection, Trace, TracedImage, TracedPath, TracedRun } from './trace.js';

/**
 * Several traces of one image as one: the union of their paths, accesses, programs and, where they have them, system calls.
 * A run of a collection that several of them hold is there once. Except for runs without a collection, which stay in the
 * order they are given in, the order of the traces makes no difference.
 */
export function mergeTraces(first: Trace, ...others: readonly Trace[]): Trace {
  const traces = [first, ...others];
  const { runs, places } = uniteRuns(traces);
  const paths = new Map<string, TracedPath>();
  for (const [index, trace] of traces.entries()) {
    const placeOf = places[index] ?? [];
    for (const traced of trace.paths) {
      const known = paths.get(traced.path);
      const placed = { ...traced, runs: sortedNumbers(traced.runs.map((run) => placeOf[run] ?? run)) };
      paths.set(traced.path, known === undefined ? placed : unitePaths(known, placed));
    }
  }
  return {
    image: uniteImages([first.image, ...others.map(({ image }) => image)]),
    runs,
    paths: [...paths.values()].sort((left, right) => compare(left.path, right.path)),
    ...uniteSyscalls(traces),
  };
}

/** Whether what two traces saw can be told as one: they are of the same files. */
export function isSameImage(left: TracedImage, right: TracedImage): boolean {
  if (left.id === right.id) return true;
  return left.diffIds.length > 0 && left.diffIds.join() === right.diffIds.join();
}

/** All runs, each once, and where each trace's own are among them. */
function uniteRuns(traces: readonly Trace[]): { readonly runs: TracedRun[]; readonly places: readonly number[][] } {
  const found = new Map<string, { readonly key: RunKey; readonly run: TracedRun }>();
  const names = namesOf(traces);
  const keys = traces.map(({ runs }, trace) => {
    const counts = new Map<string, number>();
    return runs.map((run, index) => {
      const key = keyOf(run, { trace, index, counts });
      const collection = names.get(run.collection?.id ?? '');
      const known = found.get(key.text);
      if (known === undefined)
        found.set(key.text, { key, run: collection === undefined ? run : { ...run, collection } });
      return key.text;
    });
  });
  const sorted = [...found].sort(([, left], [, right]) => compareKeys(left.key, right.key));
  const places = new Map(sorted.map(([text], place) => [text, place]));
  return {
    runs: sorted.map(([, { run }]) => run),
    places: keys.map((own) => own.map((text) => places.get(text) ?? 0)),
  };
}

interface RunKey {
  readonly text: string;
  /** Empty for a run without a collection: those come first. */
  readonly startedAt: string;
  readonly collection: string;
  readonly ordinal: number;
}

/** A run is the same as another of its collection that looks like it, and that is as far among those that look like it. */
function keyOf(
  { collection, ...run }: TracedRun,
  at: { readonly trace: number; readonly index: number; readonly counts: Map<string, number> },
): RunKey {
  if (collection === undefined)
    return { text: `${at.trace} ${at.index}`, startedAt: '', collection: '', ordinal: at.trace * 1e6 + at.index };
  const looks = JSON.stringify([collection.id, run.scenario, run.mode, run.end, run.command]);
  const count = at.counts.get(looks) ?? 0;
  at.counts.set(looks, count + 1);
  return { text: `${looks} ${count}`, startedAt: collection.startedAt, collection: collection.id, ordinal: at.index };
}

function compareKeys(left: RunKey, right: RunKey): number {
  return (
    compare(left.startedAt, right.startedAt) ||
    compare(left.collection, right.collection) ||
    left.ordinal - right.ordinal ||
    compare(left.text, right.text)
  );
}

/** One collection may have got a name in one file and none, or another, in the next. */
function namesOf(traces: readonly Trace[]): ReadonlyMap<string, Collection> {
  const collections = new Map<string, Collection>();
  for (const { collection } of traces.flatMap(({ runs }) => runs)) {
    if (collection === undefined) continue;
    const known = collections.get(collection.id);
    const isBetter = known === undefined || compare(rankOf(collection), rankOf(known)) < 0;
    if (isBetter) collections.set(collection.id, collection);
  }
  return collections;
}

function rankOf({ name, startedAt, slimtrace }: Collection): string {
  return JSON.stringify([name === undefined, name, startedAt, slimtrace]);
}

function unitePaths(left: TracedPath, right: TracedPath): TracedPath {
  const reachedThrough = sortedUnion(left.reachedThrough ?? [], right.reachedThrough ?? []);
  const looks = [left.existed, right.existed].filter((existed) => existed !== undefined);
  return {
    path: left.path,
    accesses: sortedUnion(left.accesses, right.accesses),
    programs: sortedUnion(left.programs, right.programs),
    ...(reachedThrough.length === 0 ? {} : { reachedThrough }),
    runs: sortedNumbers([...left.runs, ...right.runs]),
    ...(looks.length === 0 ? {} : { existed: looks.includes(true) }),
  };
}

/** Of what a slim image touched, the original is the image all the same. */
function uniteImages([first, ...others]: readonly [TracedImage, ...TracedImage[]]): TracedImage {
  const images = [first, ...others.filter((other) => isSameImage(first, other))];
  const { reference: _, ...rest } = images.reduce((least, image) => (compare(image.id, least.id) < 0 ? image : least));
  const [reference] = images.flatMap(({ reference }) => reference ?? []).sort();
  return {
    ...(reference === undefined ? {} : { reference }),
    ...rest,
    repoDigests: sortedUnion(...images.map(({ repoDigests }) => repoDigests)),
  };
}

function uniteSyscalls(traces: readonly Trace[]): Pick<Trace, 'syscalls'> {
  if (traces.every(({ syscalls }) => syscalls === undefined)) return {};
  return { syscalls: sortedUnion(...traces.map(({ syscalls = [] }) => syscalls)) };
}

function sortedUnion<Item extends string>(...lists: readonly (readonly Item[])[]): readonly Item[] {
  const [only, ...others] = lists;
  if (only !== undefined && others.every((other) => other === only)) return only;
  return [...new Set(lists.flat())].sort();
}

function sortedNumbers(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((left, right) => left - right);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
