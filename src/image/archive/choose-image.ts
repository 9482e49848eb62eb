import { SlimtraceError } from '../../errors.js';
import type { Platform } from '../image.js';
import { tagOf } from '../name.js';
import type { StoredImage } from './archive-image.js';
import { hostArchitecture } from './image-config.js';
import { type ArchiveReference, renderArchiveReference } from './reference.js';

/** As many as can be taken in. */
const maxListed = 20;

/** The platform that is wanted of several; always Linux. */
export type WantedPlatform = Omit<Platform, 'os'>;

/**
 * Chooses the image that a reference means: by its selector, else `latest` where one is called so; of what is left, by
 * the platform, this machine's by default. Throws `archive-image-not-found` and `archive-image-unclear`, which list
 * what there is and how to write it, or why the chosen one can't be used.
 */
export function chooseImage(
  images: readonly StoredImage[],
  reference: ArchiveReference,
  wanted?: WantedPlatform,
): StoredImage {
  const named = selectByName(images, reference);
  const real = named.filter(({ isImage }) => isImage);
  const candidates = real.length === 0 ? named : real;
  const fitting = candidates.filter(({ platform }) => fits(platform, wanted));
  const plain = fitting.filter(({ platform }) => isPlainVariant(platform));
  const [first] = fitting.length > 1 ? plain : fitting;
  if (first !== undefined && (fitting.length === 1 || plain.length === 1)) return first;
  if (fitting.length > 1) throw unclear(fitting, images, reference);
  // One image of another platform is still the one that is meant: whoever runs it knows better what to say.
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1 && wanted === undefined) return only;
  throw notFound(images, reference, `for ${describePlatform({ os: 'linux', ...(wanted ?? hostPlatform()) })}`);
}

/** What names one of an archive's images alone; the archive itself when it holds only that. */
export function referenceTo(
  image: StoredImage,
  images: readonly StoredImage[],
  { transport, path }: ArchiveReference,
): ArchiveReference {
  if (images.length === 1) return { transport, path };
  const isAlone = (matches: (other: StoredImage) => boolean) => images.filter(matches).length === 1;
  const position = image.positions.find((at) => isAlone(({ positions }) => positions.includes(at)));
  const selector =
    [...image.tags, ...image.names].find((name) => isAlone((other) => isNamed(other, name))) ??
    `@${position ?? image.manifestDigest}`;
  // A path alone takes no selector.
  const prefix = image.manifestDigest === undefined ? 'docker-archive' : 'oci-archive';
  return { transport: transport === 'file' ? prefix : transport, path, selector };
}

function selectByName(images: readonly StoredImage[], reference: ArchiveReference): readonly StoredImage[] {
  const { selector } = reference;
  if (selector === undefined) {
    if (images.length === 0) throw notFound(images, reference, '(it is empty)');
    const latest = images.filter((image) => isNamed(image, 'latest') || image.names.map(tagOf).includes('latest'));
    return latest.length > 0 ? latest : images;
  }
  const position = /^@(\d{1,9})$/.exec(selector)?.[1];
  const ways: ((image: StoredImage) => boolean)[] = selector.startsWith('@')
    ? [
        ({ positions, manifestDigest }) =>
          position === undefined ? `@${manifestDigest}` === selector : positions.includes(Number(position)),
      ]
    : [(image) => isNamed(image, selector), (image) => image.names.map(tagOf).includes(selector)];
  for (const way of ways) {
    const found = images.filter(way);
    if (found.length > 0) return found;
  }
  throw notFound(images, reference, JSON.stringify(selector));
}

function isNamed({ names, tags }: StoredImage, selector: string): boolean {
  return tags.includes(selector) || names.some((name) => fullName(name) === fullName(selector));
}

/** `nginx` and `docker.io/library/nginx:latest` are one (distribution reference, normalize.go). */
function fullName(name: string): string {
  const short = name.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
  return short.lastIndexOf(':') > short.lastIndexOf('/') || short.includes('@') ? short : `${short}:latest`;
}

function fits(platform: Platform | undefined, wanted: WantedPlatform | undefined): boolean {
  if (platform === undefined) return true;
  const { architecture, variant } = wanted ?? hostPlatform();
  if (platform.os !== 'linux' || platform.architecture !== architecture) return false;
  return variant === undefined || variant === (platform.variant ?? plainVariants[architecture]);
}

function hostPlatform(): WantedPlatform {
  return { architecture: hostArchitecture() };
}

/** What an architecture means without a variant (containerd, platforms/database.go). */
const plainVariants: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

/** Of several images of one architecture, the one that runs on all machines of it. */
function isPlainVariant(platform: Platform | undefined): boolean {
  return platform?.variant === undefined || platform.variant === plainVariants[platform.architecture];
}

function describePlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** The references that name some of an archive's images, with their platforms where they are known. */
function listReferences(
  some: readonly StoredImage[],
  all: readonly StoredImage[],
  reference: ArchiveReference,
): string {
  const shown = some.slice(0, maxListed).map((image) => {
    const platform = image.platform === undefined ? '' : ` (${describePlatform(image.platform)})`;
    return `${renderArchiveReference(referenceTo(image, all, reference))}${platform}`;
  });
  const more = some.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function notFound(images: readonly StoredImage[], reference: ArchiveReference, wanted: string): SlimtraceError {
  const { transport, path } = reference;
  const archive = renderArchiveReference({ transport, path });
  const found = images.length === 0 ? 'none' : listReferences(images, images, reference);
  return new SlimtraceError('archive-image-not-found', { archive, wanted, images: found });
}

function unclear(
  meant: readonly StoredImage[],
  images: readonly StoredImage[],
  { transport, path }: ArchiveReference,
): SlimtraceError {
  const archive = renderArchiveReference({ transport, path });
  return new SlimtraceError('archive-image-unclear', {
    archive,
    images: listReferences(meant, images, { transport, path }),
  });
}
