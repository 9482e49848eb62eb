import { SlimtraceError } from '../errors.js';
import { isSameImage, mergeTraces } from './merge-traces.js';
import type { Trace, TracedImage } from './trace.js';

/** A trace, and the file it was read from. */
export interface FiledTrace {
  readonly file: string;
  readonly trace: Trace;
}

/** What merging came to: a warning is a sentence for whoever gave the files. */
export interface MergedFiles {
  readonly trace: Trace;
  readonly warnings: readonly string[];
}

/**
 * The traces of several files as one; a file that is given more than once counts once. Collections without a name get that of the first file that has them. Throws
 * `trace-mismatch` when they are not all of the same image.
 */
export function mergeFiles(first: FiledTrace, ...others: readonly FiledTrace[]): MergedFiles {
  for (const { file, trace } of others) {
    if (isSameImage(first.trace.image, trace.image)) continue;
    throw new SlimtraceError('trace-mismatch', {
      left: `${first.file} is of ${describeImage(first.trace.image)}`,
      right: `${file} of ${describeImage(trace.image)}`,
    });
  }
  const rest = others.filter((one, at) => ![first, ...others.slice(0, at)].some((known) => isSameFile(known, one)));
  const all = [first, ...rest];
  const again = all.filter((one) => others.filter((other) => other !== one).some((other) => isSameFile(one, other)));
  return {
    trace: mergeTraces(withNames(first), ...rest.map(withNames)),
    warnings: [...again.map(({ file }) => `${file} is given twice`), ...repeated(all), ...withoutSyscalls(all)],
  };
}

function isSameFile({ file }: FiledTrace, other: FiledTrace): boolean {
  const [left, right] = [file, other.file].map((name) => name.replace(/\/(?:\.?\/)+/g, '/').replace(/^(?:\.\/)+/, ''));
  return left === right;
}

function withNames({ file, trace }: FiledTrace): Trace {
  const name = file.replace(/^.*\//s, '').replace(/(?:\.json)?(?:\.gz)?$/, '');
  return {
    ...trace,
    runs: trace.runs.map(({ collection, ...run }) =>
      collection === undefined ? run : { ...run, collection: { name, ...collection } },
    ),
  };
}

function repeated(all: readonly FiledTrace[]): string[] {
  const files = new Map<string, string>();
  return all.flatMap(({ file, trace }) => {
    const ids = new Set(trace.runs.flatMap(({ collection }) => collection?.id ?? []));
    const known = new Set([...ids].flatMap((id) => files.get(id) ?? []));
    const isRepeated = ids.size > 0 && [...ids].every((id) => files.has(id));
    for (const id of ids) if (!files.has(id)) files.set(id, file);
    return isRepeated ? [`${file} adds nothing: the same runs are in ${[...known].join(' and ')}`] : [];
  });
}

function withoutSyscalls(all: readonly FiledTrace[]): string[] {
  const lacking = all.filter(({ trace }) => trace.syscalls === undefined).map(({ file }) => file);
  if (lacking.length === 0 || lacking.length === all.length) return [];
  return [
    `no system calls are in ${lacking.join(', ')}: a seccomp profile made from this trace knows those of the others`,
  ];
}

function describeImage({ reference, id }: TracedImage): string {
  return reference === undefined ? id : `${reference} (${id})`;
}
