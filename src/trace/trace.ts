/** What a program did with a path; the agent's words (src/agent/native/syscalls.def). */
export const accessKinds = [
  'read',
  'write',
  'create',
  'opendir',
  'list',
  'exec',
  'stat',
  'access',
  'readlink',
  'chdir',
  'chroot',
  'xattr',
  'statfs',
  'time',
  'mode',
  'owner',
  'truncate',
  'watch',
  'mkdir',
  'mknod',
  'rmdir',
  'unlink',
  'rename',
  'link',
  'symlink',
  'connect',
  'bind',
  'mount',
  'handle',
  'other',
] as const;

export type AccessKind = (typeof accessKinds)[number];

/** One path that a run touched. */
export interface TracedPath {
  /** Absolute, as the program named it: `..` and symlinks unresolved; text as in ImagePath, but not normalised. */
  readonly path: string;
  /** Every kind of access, sorted. */
  readonly accesses: readonly AccessKind[];
  /** The executables that did it, as paths in the image, sorted. */
  readonly programs: readonly string[];
  /** For a path the kernel reached through another name (a link made at run time, `/proc/self/fd/3`): that name. */
  readonly reachedThrough?: string;
}

/** What one or more runs of an image touched. Plain data; it never decides what is kept. */
export interface Trace {
  readonly schemaVersion: 1;
  /** The image that ran: its ID on the engine. */
  readonly imageId: string;
  /** One for each traced process tree: the container's own, and one for each command executed in it. */
  readonly runs: readonly TracedRun[];
  readonly paths: readonly TracedPath[];
  /**
   * Of a full trace: the system calls that were made, of all architectures together, sorted. One without a name here is
   * `ARCHITECTURE:NUMBER`. Those that every program makes are missing (src/agent/native/unwatched.def).
   */
  readonly syscalls?: readonly string[];
}

export interface TracedRun {
  readonly command: readonly string[];
  readonly mode: 'init' | 'exec';
  /** How the run ended: PID 1 asked to exit, no process was left, or a signal ended it. */
  readonly end: 'exit' | 'no-process-left' | 'signal';
}

/** Several traces of one image as one: the union of their paths, accesses, programs and, where they have them, system calls. */
export function mergeTraces(...traces: readonly Trace[]): Trace {
  const [first] = traces;
  if (first === undefined) throw new Error('there is no trace to merge');
  const merged = new Map<string, TracedPath>();
  const add = (traced: TracedPath): void => {
    const known = merged.get(traced.path);
    merged.set(traced.path, known === undefined ? traced : union(known, traced));
    // One entry has room for one name: another that leads there is a path of its own.
    const [, other] = [...new Set([known?.reachedThrough, traced.reachedThrough])].flatMap((name) => name ?? []).sort();
    if (other !== undefined) add({ path: other, accesses: traced.accesses, programs: traced.programs });
  };
  for (const trace of traces) {
    for (const traced of trace.paths) add(traced);
  }
  return {
    schemaVersion: 1,
    imageId: first.imageId,
    runs: traces.flatMap((trace) => trace.runs),
    paths: [...merged.values()].sort((left, right) => (left.path < right.path ? -1 : 1)),
    ...mergeSyscalls(traces),
  };
}

function mergeSyscalls(traces: readonly Trace[]): Pick<Trace, 'syscalls'> {
  if (traces.every(({ syscalls }) => syscalls === undefined)) return {};
  return { syscalls: [...new Set(traces.flatMap(({ syscalls = [] }) => syscalls))].sort() };
}

function union(left: TracedPath, right: TracedPath): TracedPath {
  const [reachedThrough] = [left.reachedThrough, right.reachedThrough].flatMap((name) => name ?? []).sort();
  return {
    path: left.path,
    accesses: [...new Set([...left.accesses, ...right.accesses])].sort(),
    programs: [...new Set([...left.programs, ...right.programs])].sort(),
    ...(reachedThrough === undefined ? {} : { reachedThrough }),
  };
}
