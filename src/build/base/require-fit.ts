import { SlimtraceError } from '../../errors.js';
import type { Platform } from '../../image/image.js';

/** Docker's overlay takes so many (moby, layer/layer_store.go, maxLayerDepth is 125); ours come on top. */
const maxBaseLayers = 115;

/** What an architecture means without a variant (containerd, platforms/database.go). */
const plainVariants: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

interface Candidate {
  readonly id: string;
  readonly platform: Platform;
}

/** Throws `base-refused` when an image can't be the base of another one, whatever is in it. */
export function requireFit(base: string, candidate: Candidate, layerCount: number, subject: Candidate): void {
  const refuse = (reason: string, hint?: string) => {
    throw new SlimtraceError('base-refused', { base, reason, ...(hint === undefined ? {} : { hint }) });
  };
  if (candidate.id === subject.id) refuse('it is the image that is to be slimmed');
  const [theirs, ours] = [candidate, subject].map(({ platform }) => describe(platform));
  if (theirs !== ours) refuse(`it is for ${theirs}, and the image is for ${ours}`);
  if (layerCount > maxBaseLayers)
    refuse(`it has ${layerCount} layers, and engines take hardly more`, 'a base of fewer layers does');
}

function describe({ os, architecture, variant }: Platform): string {
  const plain = plainVariants[architecture];
  return [os, architecture, ...(variant === undefined || variant === plain ? [] : [variant])].join('/');
}
