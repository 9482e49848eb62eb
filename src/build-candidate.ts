import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, buildImage } from './build/build-image.js';
import type { Composition, PlannedLayer } from './build/composition.js';
import type { EngineImage } from './engine/engine.js';
import { pendingImageName } from './engine/pending-image.js';
import { SlimtraceError } from './errors.js';
import { inPhase } from './events.js';
import type { ArchiveReference } from './image/archive/reference.js';
import type { WrittenImage } from './image/archive/write-image.js';
import type { Observed, SlimContext } from './observe-image.js';
import type { Publishable } from './publish-image.js';
import { describeLayers } from './push-size.js';
import type { Resources } from './system/resources.js';
import { inTempDir, type TempDir } from './system/temp-dir.js';
import { LoadedCandidate } from './try-candidate.js';

/** What slim images are built out of, and where. */
export interface CandidateSource {
  readonly source: EngineImage;
  readonly observed: Pick<Observed, 'image'>;
  readonly work: TempDir;
  readonly options: Pick<BuildOptions, 'version' | 'sourceDateEpoch'>;
  readonly context: SlimContext;
}

/**
 * Builds a slim image and loads it, under a name that is gone when `held` is released. It can be written again as long as the
 * original is what it was: throws `archive-invalid` then.
 */
export async function buildCandidate(
  story: CandidateSource,
  composition: Composition,
  round: number,
  held: Resources,
): Promise<Publishable> {
  const { context, work } = story;
  const build = planBuild(story, composition);
  const pending = pendingImageName(context.session, 'slim');
  const path = join(work.path, `slim-${round}.tar`);
  held.use({ [Symbol.asyncDispose]: () => rm(path, { force: true }) });
  const buildPending = () => inTempDir(work, () => build({ transport: 'file', path }, pending));
  const written = await inPhase(context.emit, 'build', buildPending, describeWritten);
  const { id, diffIds } = written;
  const { image } = held.use(await LoadedCandidate.load(context.engine, path, pending));
  const write: Publishable['write'] = async (place, name, attest) => {
    const again = await build(place, name, attest === undefined ? {} : { attest });
    requireSame(id, again.id);
    return again;
  };
  const writeBelow = async (above: PlannedLayer, place: ArchiveReference, name: string) =>
    requireSame(diffIds.join(), (await build(place, name, { above: [above] })).diffIds.slice(0, -1).join());
  return { image, configDigest: id, layers: describeLayers(composition, written), write, writeBelow };
}

/** Everything a build of this image needs; the archive's file and the name in it are given when it is built. */
function planBuild({ source, observed, options }: CandidateSource, composition: Composition) {
  const { config, platform, created } = source;
  const plan = {
    source: { config, platform, created, digest: source.repoDigests[0] ?? source.id },
    version: options.version,
    sourceDateEpoch: options.sourceDateEpoch,
  };
  return (target: ArchiveReference, name: string, { above = [], ...more }: BuildMore = {}) => {
    const layers = [...composition.layers, ...above];
    return buildImage({ ...composition, layers }, observed.image.contents, { ...plan, ...more, target, name });
  };
}

type BuildMore = { readonly above?: readonly PlannedLayer[] } & Pick<BuildOptions, 'attest'>;

/** What is written is what was proved: an image's ID says all but its name, and its layers' all of their files. */
function requireSame(proved: string, written: string): void {
  if (written === proved) return;
  throw new SlimtraceError('archive-invalid', { reason: 'the original changed while it was being slimmed' });
}

function describeWritten({ layersBytes }: WrittenImage): string {
  return `${(layersBytes / 1e6).toFixed(1)} MB`;
}
