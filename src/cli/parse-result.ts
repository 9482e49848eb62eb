import type { BaseRequest, ResultOptions } from '../build/result-options.js';
import { SlimtraceError } from '../errors.js';
import type { ResultFlags } from './options.js';

/** What the flags say about the image that is made. Throws `usage`. */
export function parseResult(flags: ResultFlags): ResultOptions {
  return {
    base: parseBase(flags.base ?? 'scratch', flags.distrolessFrom ?? ''),
    layers: flags.layers === 'split' ? 'split' : 'single',
    packageRecords: flags.packageRecords !== false,
    sbomInImage: flags.sbomInImage === true,
    user: flags.user,
  };
}

function parseBase(text: string, repository: string): BaseRequest | undefined {
  if (text === 'scratch') return undefined;
  const [, variant] = /^distroless(?::([a-z0-9.-]+))?$/.exec(text) ?? [];
  if (text === 'distroless' || variant !== undefined) return { kind: 'distroless', variant, repository };
  if (text.trim() === '')
    throw new SlimtraceError('usage', {
      problem: '--base names no image',
      hint: 'it takes scratch, distroless, or an image or archive',
    });
  return { kind: 'image', reference: text };
}
