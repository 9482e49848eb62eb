import type { AccessKind, Collection, TracedImage, TracedRun } from './trace.js';

/** The version that is written and read. */
export const traceFileVersion = 2;

/**
 * A trace as it is in a file: what many paths have in common is in tables, and a path names its rows by their indexes,
 * from 0.
 */
export interface TraceFile {
  readonly schemaVersion: typeof traceFileVersion;
  readonly image: TracedImage;
  readonly collections: readonly Collection[];
  readonly runs: readonly FiledRun[];
  /** Of a full trace. */
  readonly syscalls?: readonly string[];
  /** Executables, as paths in the image. */
  readonly programs: readonly string[];
  readonly accessSets: readonly (readonly AccessKind[])[];
  /** Of indexes in `programs`. */
  readonly programSets: readonly (readonly number[])[];
  /** Of indexes in `runs`. */
  readonly runSets: readonly (readonly number[])[];
  readonly paths: readonly FiledPath[];
}

/** A run, and the index of its collection. */
export interface FiledRun extends Omit<TracedRun, 'collection'> {
  readonly collection?: number;
}

/**
 * The path, the indexes of its access set, program set and run set, whether the image had it (1, 0, or null when nobody
 * looked), and the other names it was reached through.
 */
export type FiledPath = readonly [
  path: string,
  accessSet: number,
  programSet: number,
  runSet: number,
  existed: 0 | 1 | null,
  ...reachedThrough: string[],
];
