import { SlimtraceError } from '../errors.js';

/** `[REGISTRY[:PORT]/]NAME[:TAG][@DIGEST]` (distribution reference grammar). */
interface ImageName {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function parseName(reference: string): ImageName {
  const [name = '', digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  return { repository: hasTag ? name.slice(0, colon) : name, tag: hasTag ? name.slice(colon + 1) : undefined, digest };
}

/**
 * The default name of a slim image: the source's with `-slim` appended to its tag. An image that was given by its ID
 * goes by its first name. Throws `usage` when it has none.
 */
export function slimName(reference: string, names: readonly string[]): string {
  const isId = /^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference);
  const named = isId ? names[0] : reference;
  if (named === undefined) {
    throw new SlimtraceError('usage', {
      problem: `the image ${reference} has no name to derive the slim one's from`,
      hint: 'name the slim image with --tag',
    });
  }
  const { repository, tag, digest } = parseName(named);
  return `${repository}:${digest === undefined || tag !== undefined ? `${tag ?? 'latest'}-slim` : 'slim'}`;
}

/** The name of a slim image that did not pass its checks: never the good one. */
export function failedName(name: string): string {
  const { repository, tag } = parseName(name);
  return `${repository}:${tag ?? 'latest'}-failed`;
}

/** Makes the tag of a name explicit, as engines print it. Throws `usage` when it isn't a name an engine would take. */
export function parseTargetName(text: string): string {
  const { repository, tag, digest } = parseName(text);
  const isName = /^[a-z0-9]+(?:[._:/-]+[a-zA-Z0-9]+)*$/.test(repository) && /^\w[\w.-]{0,127}$/.test(tag ?? 'latest');
  if (!isName || digest !== undefined)
    throw new SlimtraceError('usage', { problem: `--tag ${JSON.stringify(text)} is not NAME[:TAG]` });
  return `${repository}:${tag ?? 'latest'}`;
}
