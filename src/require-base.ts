import { findNamedBase } from './build/base/open-named-base.js';
import type { BaseRequest } from './build/result-options.js';
import type { EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { SlimContext } from './observe-image.js';
import { isSameFile, type SlimTarget } from './slim-target.js';
import { openTempDir } from './system/temp-dir.js';

/**
 * Makes sure, before the work starts, that the base is there and fits, as far as it is known by name, and that the slim
 * image doesn't take its place. Throws `usage`, and what opening the base throws.
 */
export async function requireBase(
  request: BaseRequest | undefined,
  { source, target }: { readonly source: EngineImage; readonly target: SlimTarget },
  { engine, signal }: Pick<SlimContext, 'engine' | 'signal'>,
): Promise<void> {
  const reference = request === undefined ? undefined : nameOf(request);
  if (reference === undefined) return;
  await using work = await openTempDir();
  const { names, archive } = await findNamedBase(reference, source, { engine, signal, work });
  if (names.includes(target.name))
    throw new SlimtraceError('usage', {
      problem: `--tag ${target.name} is a name of the base image`,
      hint: 'the base would lose it',
    });
  const { output } = target;
  if (archive !== undefined && output !== undefined && isSameFile(output.path, archive.path))
    throw new SlimtraceError('usage', { problem: `--output ${output.path} is the base image` });
}

/** Undefined for one that is chosen by what turns out to be kept. */
function nameOf(request: BaseRequest): string | undefined {
  if (request.kind === 'image') return request.reference;
  const { variant, repository } = request;
  return variant !== undefined && /-debian\d+$/.test(variant)
    ? `${repository.replace(/\/+$/, '')}/${variant}`
    : undefined;
}
