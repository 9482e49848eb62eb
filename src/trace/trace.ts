import type { Platform } from '../image/image.js';

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

/** What was done with one path. */
export interface Touched {
  /** Absolute, as the program named it: `..` and symlinks unresolved; text as in ImagePath, but not normalised. */
  readonly path: string;
  /** Every kind of access, sorted. */
  readonly accesses: readonly AccessKind[];
  /** The executables that did it, as paths in the image, sorted. */
  readonly programs: readonly string[];
  /** For a path the kernel reached through other names (a link made at run time, `/proc/self/fd/3`): those names, sorted. */
  readonly reachedThrough?: readonly string[];
}

/** One path that runs touched. */
export interface TracedPath extends Touched {
  /** Which runs did: indexes in {@link Trace.runs}, ascending. */
  readonly runs: readonly number[];
  /** Whether the image had it, symlinks followed; absent when nobody looked. */
  readonly existed?: boolean;
}

/** What one or more runs of an image touched. Plain data; it never decides what is kept. */
export interface Trace {
  /** The image that ran. */
  readonly image: TracedImage;
  /** One for each traced process tree: the container's own, and one for each command executed in it. */
  readonly runs: readonly TracedRun[];
  /** Each once, sorted by path. */
  readonly paths: readonly TracedPath[];
  /**
   * Of a full trace: the system calls that were made, of all architectures together, sorted. One without a name here is
   * `ARCHITECTURE:NUMBER`. Those that every program makes are missing (src/agent/native/unwatched.def).
   */
  readonly syscalls?: readonly string[];
}

/** An image as a trace is bound to it. */
export interface TracedImage {
  /** What the user called it, without a directory of this machine. */
  readonly reference?: string;
  /** Its ID on the engine. */
  readonly id: string;
  /** Digests it has in registries: `name@sha256:…`, sorted. */
  readonly repoDigests: readonly string[];
  readonly platform: Platform;
  /** Of its layers, bottom first. */
  readonly diffIds: readonly string[];
}

export interface TracedRun {
  readonly command: readonly string[];
  readonly mode: 'init' | 'exec';
  /** How the run ended: PID 1 asked to exit, no process was left, or a signal ended it. */
  readonly end: 'exit' | 'no-process-left' | 'signal';
  readonly scenario?: string;
  /** Absent as long as the trace is nobody's file. */
  readonly collection?: Collection;
}

/** One use of slimtrace that a trace file came from: a shard, once traces are merged. */
export interface Collection {
  /** What tells it from every other: the digest of what it collected. */
  readonly id: string;
  readonly name?: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** The version of slimtrace. */
  readonly slimtrace: string;
}
