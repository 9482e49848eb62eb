import { existsSync } from 'node:fs';
import { findNamedBase } from './build/base/open-named-base.js';
import type { BaseRequest } from './build/result-options.js';
import type { DebugImageRequest } from './debug-image.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { SlimContext } from './observe-image.js';
import { isSameFile, type SlimTarget } from './slim-target.js';
import { openTempDir } from './system/temp-dir.js';

/** What is to be made, by the names it gets. */
export interface WantedImages {
  readonly source: EngineImage;
  readonly target: SlimTarget;
  readonly debug: DebugImageRequest | undefined;
}

/**
 * Makes sure, before the work starts, that the base is there and fits, as far as it is known by name, and that neither the
 * slim image nor the one for debugging takes its place. Throws `usage`, and what opening the base throws.
 */
export async function requireBase(
  request: BaseRequest | undefined,
  { source, target, debug }: WantedImages,
  { engine, signal }: Pick<SlimContext, 'engine' | 'signal'>,
): Promise<void> {
  if (request === undefined) return;
  const wanted = new Map([[target.name, '--tag']]);
  if (debug !== undefined) wanted.set(debug.name, '--debug-tag');
  if (request.kind === 'distroless') {
    requireFamily(request.repository, engine);
    refuseFamilyNames(request.repository, wanted);
  }
  const reference = nameOf(request);
  if (reference === undefined) return;
  await using work = await openTempDir();
  const { names, archive } = await findNamedBase(reference, source, { engine, signal, work });
  for (const [name, option] of wanted)
    if (names.includes(name)) refuse(`${option} ${name} is a name of the base image`);
  const { output } = target;
  if (archive !== undefined && output !== undefined && isSameFile(output.path, archive.path))
    throw new SlimtraceError('usage', { problem: `--output ${output.path} is the base image` });
}

/** An engine that keeps no images has none of the family either. */
function requireFamily(repository: string, engine: Pick<Engine, 'keepsImages'>): void {
  if (engine.keepsImages || /^(?:docker-archive|oci-archive|oci):/.test(repository) || existsSync(repository)) return;
  throw new SlimtraceError('usage', {
    problem: `--base distroless takes an image of ${repository}, and archives are slimmed without an engine that has any`,
    hint: 'give an archive: --base docker-archive:FILE or oci:DIRECTORY, or --distroless-from oci:DIRECTORY with the family in it',
  });
}

/** Which image of a family is the base is known when the work is done: none of them may lose its name. */
function refuseFamilyNames(repository: string, wanted: ReadonlyMap<string, string>): void {
  const prefix = `${repository.replace(/\/+$/, '')}/`;
  for (const [name, option] of wanted) {
    const isOfFamily = name.startsWith(prefix) && /^[^/:]+-debian\d+:/.test(name.slice(prefix.length));
    if (isOfFamily) refuse(`${option} ${name} is a name that a distroless base may have`);
  }
}

function refuse(problem: string): never {
  throw new SlimtraceError('usage', { problem, hint: 'the base would lose it' });
}

/** Undefined for one that is chosen by what turns out to be kept. */
function nameOf(request: BaseRequest): string | undefined {
  if (request.kind === 'image') return request.reference;
  const { variant, repository } = request;
  return variant !== undefined && /-debian\d+$/.test(variant)
    ? `${repository.replace(/\/+$/, '')}/${variant}`
    : undefined;
}
