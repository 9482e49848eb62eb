import { readCertificates } from './build/certificate-file.js';
import { type ImageOutput, openImageOutput } from './build/image-output.js';
import { openProfiles, type ProfileOutputs } from './confine-image.js';
import { type DebugImagePlan, planDebugImage } from './debug-image.js';
import type { EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { withHealthcheck } from './healthcheck-request.js';
import { openSource, type SlimContext } from './observe-image.js';
import { requireBase } from './require-base.js';
import { type PlannedScenario, planScenarios } from './scenario.js';
import type { SlimOptions } from './slim-options.js';
import { planTarget, type SlimTarget } from './slim-target.js';
import { Resources } from './system/resources.js';
import { openTempDir, type TempDir } from './system/temp-dir.js';

/** What is known of a slimming before anything is run, with the places it writes to held open. */
export interface SlimPlan extends AsyncDisposable {
  /** The original, as the user called it. */
  readonly reference: string;
  /** The original, with the HEALTHCHECK that was asked for. */
  readonly source: EngineImage;
  readonly target: SlimTarget;
  readonly scenarios: readonly PlannedScenario[];
  /** PEM to use as the image's CA bundle. */
  readonly certificates: Uint8Array | undefined;
  readonly debug: DebugImagePlan | undefined;
  readonly profiles: ProfileOutputs;
  /** The archive of a proved image; undefined when none is to be left. */
  readonly output: ImageOutput | undefined;
  readonly work: TempDir;
}

/** Looks at the original and at what is wanted of it. Whatever can be found wrong without running anything is thrown here. */
export async function planSlimming(reference: string, options: SlimOptions, context: SlimContext): Promise<SlimPlan> {
  const source = withHealthcheck(await openSource(reference, options, context), options.healthcheck);
  const target = planTarget(reference, source, { tag: options.tag, output: options.output }, context.engine);
  if (options.attest) requireArchive(target);
  await requireBase(options.result.base, { source, target, debug: options.debug }, context);
  const debug = await planDebugImage(options.debug, { source, target }, context);
  const scenarios = await planScenarios(options.scenarios, source, context);
  const file = options.certificatesFile;
  const certificates = file === undefined ? undefined : await readCertificates(file, context.signal);
  await using held = new Resources();
  const profiles = held.use(await openProfiles(options.confinement, options, context.engine));
  const isWritten = options.publishes && target.output !== undefined;
  const output = isWritten ? held.use(await openImageOutput(target.output)) : undefined;
  const work = held.use(await openTempDir());
  const resources = held.move();
  return {
    ...{ reference, source, target, scenarios, certificates, debug, profiles, output, work },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/** Engines have no place for attestations. */
function requireArchive({ output }: SlimTarget): void {
  if (output !== undefined && output.transport !== 'docker-archive') return;
  throw new SlimtraceError('usage', {
    problem: '--attest attaches to an OCI archive, and none is written',
    hint: 'give one with --output FILE.tar or --output oci:DIRECTORY, or write the documents with --sbom and --provenance',
  });
}
