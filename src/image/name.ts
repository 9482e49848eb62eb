import { SlimtraceError } from '../errors.js';

/** `[REGISTRY[:PORT]/]NAME[:TAG][@DIGEST]` (distribution reference grammar). */
export interface ImageName {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** As long as a tag may be (distribution reference grammar). */
const maxTagLength = 128;

/** Takes a name apart; never throws. */
export function parseName(reference: string): ImageName {
  const [name = '', digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  return { repository: hasTag ? name.slice(0, colon) : name, tag: hasTag ? name.slice(colon + 1) : undefined, digest };
}

/** The tag of a name, `latest` when it has none. */
export function tagOf(name: string): string {
  return parseName(name).tag ?? 'latest';
}

/**
 * The default name of a slim image: the source's with `-slim` appended to its tag. An image that was given by its ID
 * goes by its first name. Throws `usage` when it has none, or when the tag would be too long.
 */
export function slimName(reference: string, names: readonly string[]): string {
  const named = isId(reference, names) ? names[0] : reference;
  if (named === undefined) {
    throw new SlimtraceError('usage', {
      problem: `the image ${reference} has no name to derive the slim one's from`,
      hint: 'name the slim image with --tag',
    });
  }
  const { repository, tag, digest } = parseName(named);
  const slimTag = digest === undefined || tag !== undefined ? `${tag ?? 'latest'}-slim` : 'slim';
  if (slimTag.length > maxTagLength) {
    throw new SlimtraceError('usage', {
      problem: `the tag ${slimTag} would be longer than ${maxTagLength} characters`,
      hint: 'name the slim image with --tag',
    });
  }
  return `${repository}:${slimTag}`;
}

/**
 * The name by which others can pull an image: as it was given with its tag made explicit, of one given by its ID its first
 * name. Where only other registries have it than that name's, a name that is this machine's own: the first of those, by digest.
 * With Docker Hub's address when it came from there, as the annotation of a base's name wants it (OCI image-spec
 * annotations.md). Undefined when it has no name.
 */
export function pullName(
  reference: string,
  names: readonly string[],
  repoDigests: readonly string[],
): string | undefined {
  const named = isId(reference, names) ? names[0] : reference;
  const isOwn = named !== undefined && digestsOf(named, repoDigests).length > 0;
  const found = isOwn || parseName(named ?? '').digest !== undefined ? named : (repoDigests[0] ?? named);
  if (found === undefined) return undefined;
  const { repository, tag, digest } = parseName(found);
  const isElsewhere = repoDigests.length > 0 && !/^(?:[^/]*[.:][^/]*|localhost)\//.test(repository);
  const hub = isElsewhere ? (repository.includes('/') ? 'docker.io/' : 'docker.io/library/') : '';
  const suffix = digest === undefined ? `:${tag ?? 'latest'}` : `${tag === undefined ? '' : `:${tag}`}@${digest}`;
  return `${hub}${repository}${suffix}`;
}

/**
 * The name by which a registry gives out this very image, whatever its tag is moved to: `NAME:TAG@DIGEST` where the
 * registry of its name has it, else `NAME@DIGEST` of one that does. Undefined when none is known to.
 */
export function pinnedName(
  reference: string,
  names: readonly string[],
  repoDigests: readonly string[],
): string | undefined {
  if (parseName(reference).digest !== undefined) return reference;
  const candidates = isId(reference, names) ? names : [reference];
  for (const name of candidates) {
    const [own] = digestsOf(name, repoDigests);
    const { repository, tag = 'latest' } = parseName(name);
    if (own !== undefined) return `${repository}:${tag}@${own}`;
  }
  return repoDigests[0];
}

/** The digest that an image has in the registry it was named after, else in any; undefined when it has none. */
export function registryDigest(reference: string, repoDigests: readonly string[]): string | undefined {
  const [own] = [...digestsOf(reference, repoDigests), ...repoDigests.map((name) => parseName(name).digest)];
  return own;
}

/** The digests of an image in the repository that a name is of. */
function digestsOf(name: string, repoDigests: readonly string[]): readonly string[] {
  const repository = familiar(parseName(name).repository);
  return repoDigests
    .map(parseName)
    .flatMap((known) => (familiar(known.repository) === repository ? (known.digest ?? []) : []));
}

/** Docker Hub's address is left out by some, and written out by others (distribution reference, normalize.go). */
function familiar(repository: string): string {
  return repository.replace(/^(?:(?:index\.)?docker\.io\/)?(?:library\/)?/, '');
}

/** Engines take any unambiguous beginning of an ID; a name that looks like one is a name if the image goes by it. */
function isId(reference: string, names: readonly string[]): boolean {
  if (!/^(?:sha256:)?[0-9a-f]{1,64}$/.test(reference)) return false;
  return !names.some((name) => name === reference || name === `${reference}:latest`);
}

/** The name of a slim image that did not pass its checks: never the good one. */
export function failedName(name: string): string {
  const { repository, tag } = parseName(name);
  const suffix = '-failed';
  return `${repository}:${(tag ?? 'latest').slice(0, maxTagLength - suffix.length)}${suffix}`;
}

/** Makes the tag of a name explicit, as engines print it. Throws `usage` when it isn't a name an engine would take. */
export function parseTargetName(text: string, flag = '--tag'): string {
  const { repository, tag = 'latest', digest } = parseName(text);
  if (!isRepository(repository) || !/^\w[\w.-]{0,127}$/.test(tag) || digest !== undefined)
    throw new SlimtraceError('usage', { problem: `${flag} ${JSON.stringify(text)} is not NAME[:TAG]` });
  return `${repository}:${tag}`;
}

/** The first part is a registry when it could be no other (distribution reference, normalize.go). */
function isRepository(repository: string): boolean {
  const [first = '', ...rest] = repository.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (hasRegistry && !/^[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*(?::\d+)?$/.test(first)) return false;
  const components = hasRegistry ? rest : [first, ...rest];
  return repository.length <= 255 && components.every((name) => /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/.test(name));
}
