import type { Platform } from '../../image/image.js';
import type { Touched } from '../../trace/trace.js';

/** The version of the lock file that is written and read. */
export const lockVersion = 1;

/** The reviewed rules by which an image is slimmed without tracing it: what a lock file says. */
export interface Lock {
  /** What the user called the image. */
  readonly image: string;
  readonly made: {
    /** The version of slimtrace. */
    readonly slimtrace: string;
    /** The image's ID on the engine. */
    readonly id: string;
    readonly platform: Platform;
    /** Of the slim image. */
    readonly files: number;
    readonly sizeBytes: number;
  };
  /** Settings of the image's configuration by name, as one line of text each. */
  readonly config: Readonly<Record<string, string>>;
  /** Flags of slim that shape what is kept, as the command line names them. */
  readonly options: LockedFlags;
  /** How it is run and checked: first what holds for all scenarios, then each of them. */
  readonly scenarios: readonly LockedFlags[];
  /** Replaces the image's command when not empty. */
  readonly command: readonly string[];
  /** Patterns of paths that may come and go, by hand. */
  readonly allow: readonly string[];
  /** What was executed: the container's own command, and those of the checks. */
  readonly commands: readonly (readonly string[])[];
  /** What the run touched. */
  readonly traced: readonly Touched[];
  /** What it looked for, and the image doesn't have. */
  readonly lookedFor: readonly Touched[];
  /** What the slim image looked for when it ran under the trace, and lacked. */
  readonly healed: readonly Touched[];
  /** What static rules keep, as long as what they follow from is kept: path, and why in words. */
  readonly derived: ReadonlyMap<string, string>;
  /** Kept files that give rights: path, and which. */
  readonly privileges: ReadonlyMap<string, string>;
}

export type LockedFlags = Readonly<Record<string, string | boolean | readonly string[]>>;
