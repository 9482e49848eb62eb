import { formatAmount, formatCount } from './amount.js';
import { renderConfig } from './build/dockerfile/config-instructions.js';
import { findShell } from './build/dockerfile/find-builder.js';
import { requireSayable } from './build/dockerfile/limits.js';
import { type FromImage, type RenderedDockerfile, renderDockerfile } from './build/dockerfile/render-dockerfile.js';
import { freeStage, type TeamDockerfile } from './build/dockerfile/team-dockerfile.js';
import { buildConfig } from './build/slim-config.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { type HealthcheckRequest, withHealthcheck } from './healthcheck-request.js';
import { parseArchiveReference } from './image/archive/reference.js';
import { parseName, pinnedName, pullName } from './image/name.js';
import type { SlimResult } from './slim-result.js';

/** As much of an engine as it takes. */
type ImageEngine = Pick<Engine, 'inspectImage' | 'keepsImages'>;

/** What a Dockerfile is to be written for. */
export interface DockerfileRequest {
  readonly reference: string;
  readonly healthcheck: HealthcheckRequest;
  /** Puts the files together, where the image can't. */
  readonly builder: string | undefined;
  /** Our stages are added to it. */
  readonly team: TeamDockerfile | undefined;
  readonly version: string;
  readonly sourceDateEpoch: number | undefined;
}

export interface DockerfileSource {
  readonly image: EngineImage;
  /** How a FROM names it; undefined when the team's own Dockerfile makes it. */
  readonly from: FromImage | undefined;
}

/**
 * Finds the image and how a FROM is to name it, before any work: `from` as the user says, else by its name and its digest
 * in a registry. Throws `usage` when it has no name that a FROM could take, and `dockerfile-unsayable`.
 */
export async function openDockerfileSource(
  { reference, team, builder }: Pick<DockerfileRequest, 'reference' | 'team' | 'builder'>,
  from: string | undefined,
  engine: ImageEngine,
): Promise<DockerfileSource> {
  const image = await engine.inspectImage(reference);
  requireSayable({ base: undefined }, { config: image.config, needsFrom: team !== undefined && builder === undefined });
  renderConfig(image.config, undefined, '\\');
  if (team !== undefined) return { image, from: undefined };
  if (from !== undefined) return { image, from: fromGiven(from, '--from gives it without a digest') };
  const named = parseArchiveReference(reference) === undefined ? reference : image.names[0];
  const found = named === undefined ? undefined : fromImage(named, image);
  if (found !== undefined) return { image, from: found };
  throw new SlimtraceError('usage', {
    problem: `${reference} has no name that a FROM could take`,
    hint: 'say with --from by which name the builder finds it, or give it one (docker tag)',
  });
}

/** By its digest where a registry has it, else by its name. */
function fromImage(reference: string, { names, repoDigests }: EngineImage): FromImage | undefined {
  const pinned = pinnedName(reference, names, repoDigests);
  if (pinned !== undefined) return { reference: pinned, unpinned: undefined };
  const name = pullName(reference, names, []);
  return name === undefined ? undefined : { reference: name, unpinned: 'it came from no registry' };
}

/** As the user names an image, with what the engine knows of it. */
function fromGiven(reference: string, unpinned: string): FromImage {
  return { reference, unpinned: reference.includes('@') ? undefined : unpinned };
}

/** The image that puts the files together need not be on the engine: BuildKit pulls it. */
async function fromBuilder(reference: string, engine: ImageEngine): Promise<FromImage> {
  const unknown = fromGiven(reference, 'it is not on the engine that slimtrace used');
  if (!engine.keepsImages) return unknown;
  try {
    return fromImage(reference, await engine.inspectImage(reference)) ?? unknown;
  } catch (error) {
    if (error instanceof SlimtraceError && error.code === 'image-not-found') return unknown;
    throw error;
  }
}

/** Writes the stages that make an image as `result` proved it. Throws `dockerfile-unsayable`. */
export async function dockerfileOf(
  result: SlimResult,
  { image, from }: DockerfileSource,
  request: DockerfileRequest,
  engine: ImageEngine,
): Promise<RenderedDockerfile> {
  const { composition, tree, ownership } = result;
  const { builder, team, version, sourceDateEpoch } = request;
  const { config, platform, created, repoDigests, id } = withHealthcheck(image, request.healthcheck);
  const slim = buildConfig(composition, {
    source: { config, platform, created, digest: repoDigests[0] ?? id },
    version,
    sourceDateEpoch,
  });
  const shell = builder === undefined ? findShell(tree, config) : '/bin/sh';
  if (shell === undefined) {
    throw new SlimtraceError('dockerfile-unsayable', {
      what: 'how this image takes its own files out of itself: it lacks a shell or GNU tar',
      hint: 'name an image that has both with --builder, such as debian:stable-slim',
    });
  }
  const taken = new Set([...(team?.stages ?? []), 'scratch']);
  const fat = team?.last ?? freeStage('fat', taken);
  const slimStage = freeStage('slim', taken);
  const { lines, remarks } = renderDockerfile({
    composition,
    config: team === undefined ? slim.config : withoutSource(slim.config),
    tree,
    ownership,
    from,
    base: composition.base && (await fromBase(composition.base.image, engine)),
    builder: builder === undefined ? undefined : await fromBuilder(builder, engine),
    shell,
    escapeMark: team?.escapeMark ?? '\\',
    stages: {
      fat,
      base: freeStage('base', taken),
      files: freeStage('files', taken),
      slim: slimStage,
    },
    about: describe(result, request, { id, from }),
  });
  return { lines, remarks: [...remarks, ...remarkBehind(team, slimStage)] };
}

function remarkBehind(team: TeamDockerfile | undefined, slim: string): readonly string[] {
  if (team?.behind === undefined) return [];
  return [
    `${team.behind} stands behind what slimtrace wrote, and a build makes the last stage: build with --target ${slim}, or move it above`,
  ];
}

/** The label names one build of the image, and this Dockerfile makes a new one each time. */
function withoutSource<T extends { readonly Labels?: Readonly<Record<string, string>> | null }>(config: T): T {
  const { 'io.slimtrace.source.digest': _digest, ...labels } = config.Labels ?? {};
  return { ...config, Labels: labels };
}

async function fromBase(
  { name, pullName: pulled }: { readonly name: string; readonly pullName?: string },
  engine: ImageEngine,
): Promise<FromImage> {
  const found = pulled === undefined ? undefined : fromImage(pulled, await engine.inspectImage(pulled));
  if (found !== undefined) return found;
  throw new SlimtraceError('dockerfile-unsayable', {
    what: `where ${name} is to be pulled from`,
    hint: 'give the --base by the name of an image',
  });
}

function describe(
  { verdicts, original, slim, composition }: SlimResult,
  { reference, team, version }: DockerfileRequest,
  { id, from }: { readonly id: string; readonly from: FromImage | undefined },
): readonly string[] {
  const checks = verdicts.reduce((sum, { verdict }) => sum + verdict.checks.length, 0);
  const size = `${(slim.sizeBytes / 1e6).toFixed(1)} MB of ${(original.sizeBytes / 1e6).toFixed(1)} MB`;
  const { name } = parseNamePart(from?.reference ?? reference);
  return [
    `The slim image of ${reference}: ${formatCount(composition.entries.length)} files and directories, ${size}.`,
    `slimtrace ${version} traced ${id} and proved it: ${formatAmount(checks, 'check')} ${checks === 1 ? 'was' : 'were'} answered as the original answers.`,
    team === undefined
      ? `It needs BuildKit, and no build context: docker build -t ${name} - <Dockerfile`
      : 'It needs BuildKit.',
    `When the image changes, have it written again: slimtrace dockerfile, with the same flags.`,
  ];
}

/** A name for an example; quoted nowhere, so only of plain characters. */
function parseNamePart(reference: string): { readonly name: string } {
  const { repository, tag } = parseName(reference);
  return { name: `${repository}:${tag ?? 'latest'}-slim`.replace(/[^\w./:-]/g, '') };
}
