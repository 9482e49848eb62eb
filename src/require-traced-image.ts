import { tracedImage } from './agent/traced-image.js';
import { formatAmount } from './amount.js';
import { containerCommand } from './engine/container-command.js';
import type { EngineImage, RunOptions } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { FileTree } from './image/file-tree.js';
import { parseName } from './image/name.js';
import { type GeneralisedTrace, generaliseTrace } from './selection/generalise/generalise-trace.js';
import { generalName } from './selection/generalise/next-name.js';
import { renderWords } from './selection/lock/locked-config.js';
import { isSameImage } from './trace/merge-traces.js';
import type { Trace, TracedImage } from './trace/trace.js';

/** Fewer of a trace's paths than this, and it is of another image. */
const leastFound = 0.5;

/** Whether a trace was made of this very build of an image: any other has to be looked into. */
export function isOfBuild(trace: Trace, source: EngineImage): boolean {
  return isSameImage(trace.image, tracedImage(source));
}

/** A trace may be of another build of the image, and not of one for another machine. Throws `trace-invalid`. */
export function requireTracedPlatform({ image: { platform } }: Trace, source: EngineImage, reference: string): void {
  const words = ({ os, architecture }: EngineImage['platform']) => `${os}/${architecture}`;
  if (words(platform) === words(source.platform)) return;
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from an image for ${words(platform)}, and ${reference} is for ${words(source.platform)}`,
  });
}

/**
 * Throws `trace-invalid` for a trace of what is plainly another image: another build of the one that was traced has most of
 * what that had, and at least one of the programs that ran. Returns it as a trace of that build.
 */
export function requireTracedImage(
  trace: Trace,
  { reference, source, tree }: { readonly reference: string; readonly source: EngineImage; readonly tree: FileTree },
): GeneralisedTrace {
  const generalised = generaliseTrace(trace, tracedImage(source), tree);
  const { gone, existed } = generalised;
  const lacks = new Set(gone.map(({ path }) => path));
  const programs = trace.paths.filter(({ accesses, existed }) => existed === true && accesses.includes('exec'));
  const found = existed - gone.length;
  const hasProgram = programs.length === 0 || programs.some(({ path }) => !lacks.has(path));
  if (hasProgram && found >= existed * leastFound) return generalised;
  const missing = hasProgram ? '' : ', and none of the programs that ran';
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from ${trace.image.reference ?? trace.image.id}, and of ${formatAmount(existed, 'path')} that ${existed === 1 ? 'was' : 'were'} touched there ${reference} has ${found}${missing}: that is another image`,
  });
}

/** How an image is run. */
export type Scenarios = readonly { readonly run: RunOptions }[];

/**
 * Throws `trace-invalid` when another program is run than was traced, in an image of another name: what two images have in
 * common isn't what they run. Returns a warning when it is one of the same name.
 */
export function requireTracedProgram(
  trace: Trace,
  {
    reference,
    source,
    scenarios,
  }: { readonly reference: string; readonly source: EngineImage; readonly scenarios: Scenarios },
): string | undefined {
  const other = otherCommand(trace, source, scenarios);
  if (other?.isOtherProgram !== true) return undefined;
  if (!isOfOtherName(trace.image, [reference, ...source.names]))
    return `the trace ran ${other.traced}, this image runs ${other.now}`;
  throw new SlimtraceError('trace-invalid', {
    reason: `it was made from ${trace.image.reference ?? trace.image.id}, which ran ${other.traced}, and ${reference} runs ${other.now}: that is another image`,
  });
}

/** What another build runs that no container of the traced one ran, in words. */
export interface OtherCommand {
  readonly traced: string;
  readonly now: string;
  /** None of the programs that it starts with ran under the trace. */
  readonly isOtherProgram: boolean;
}

/** Undefined for the very image that was traced, when all that is run was traced, or when no container's own command was. */
export function otherCommand(
  trace: Trace,
  { id, config }: Pick<EngineImage, 'id' | 'config'>,
  scenarios: Scenarios,
): OtherCommand | undefined {
  if (trace.image.id === id) return undefined;
  const ran = trace.runs.filter(({ mode }) => mode === 'init').map(({ command }) => command);
  const traced = new Set(ran.map(renderWords));
  const runs = scenarios.map(({ run }) => containerCommand(run, config));
  const now = new Set(runs.map(renderWords).filter((words) => !traced.has(words)));
  if (traced.size === 0 || now.size === 0) return undefined;
  const executed = trace.paths.flatMap(({ path, accesses }) => (accesses.includes('exec') ? [path] : []));
  const programs = new Set([...ran.map(([program = '']) => program), ...executed].map(programName));
  const isOtherProgram = runs.every(([program = '']) => !programs.has(programName(program)));
  return { traced: [...traced].join(' | '), now: [...now].join(' | '), isOtherProgram };
}

/** Whatever its directory, and whatever version of it is called so. */
function programName(program: string): string {
  return generalName(program.replace(/^.*\//s, ''));
}

/** Registries and tags aside; false when nobody knows the traced one's. */
function isOfOtherName({ reference, repoDigests }: TracedImage, names: readonly string[]): boolean {
  const lastOf = (name: string) => parseName(name).repository.replace(/^.*\//s, '');
  const traced = new Set([...(reference === undefined ? [] : [reference]), ...repoDigests].map(lastOf));
  return traced.size > 0 && !names.some((name) => traced.has(lastOf(name)));
}
