import type { Budgets } from './budgets.js';
import type { ResultOptions } from './build/result-options.js';
import type { ConfinementOptions } from './confine-image.js';
import type { DebugImageRequest } from './debug-image.js';
import type { InputFile } from './document-image.js';
import type { HealthcheckRequest } from './healthcheck-request.js';
import type { ExerciseOptions } from './observe-image.js';
import type { SelectionOptions } from './selection/rule.js';
import type { GivenLock } from './settle-build.js';

/** Everything a user can say about slimming an image. */
export interface SlimOptions extends ExerciseOptions {
  readonly selection: SelectionOptions;
  readonly result: ResultOptions;
  readonly healthcheck: HealthcheckRequest;
  readonly budgets: Budgets;
  /** The size that was accepted last, for `failIfLarger`; undefined: the image that had the name says it. */
  readonly acceptedBytes: number | undefined;
  /** A PEM file to use as the image's CA bundle. */
  readonly certificatesFile: string | undefined;
  /** The main file of @vercel/nft, when it is to be asked what JavaScript reaches. */
  readonly nodeFileTrace: string | undefined;
  readonly confinement: ConfinementOptions;
  /** Name of the slim image; by default the source's with `-slim` appended to the tag. */
  readonly tag: string | undefined;
  /** Where to write the slim image as an archive: a path, or a reference such as `oci:DIRECTORY`. */
  readonly output: string | undefined;
  /** What to keep, reviewed: nothing is traced, and nothing runs with more rights than any container has. */
  readonly lock: GivenLock | undefined;
  /** False: it is built and proved as ever, and nothing of it is left. */
  readonly publishes: boolean;
  /** An image with debugging tools on the slim one's layers. */
  readonly debug: DebugImageRequest | undefined;
  /** How often the slim image is built again with what it missed under the trace; 0 only tells what it missed. */
  readonly healRounds: number;
  /** Attach the documents to the archive that it is written as. */
  readonly attest: boolean;
  /** Files that the user gave. */
  readonly inputFiles: readonly InputFile[];
  readonly version: string;
  /** Seconds since 1970 (reproducible-builds.org). */
  readonly sourceDateEpoch: number | undefined;
}
