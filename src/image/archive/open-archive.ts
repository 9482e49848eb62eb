import { SlimtraceError } from '../../errors.js';
import type { ArchiveFiles } from './archive-files.js';
import type { ArchiveImage, StoredImage } from './archive-image.js';
import { ArchiveReader } from './archive-reader.js';
import { chooseImage, referenceTo, type WantedPlatform } from './choose-image.js';
import { listDockerImages } from './docker-archive.js';
import { openLayoutDirectory } from './layout-directory.js';
import { listLayoutImages } from './oci-layout.js';
import { type ArchiveReference, isLayoutDirectory, renderArchiveReference } from './reference.js';
import { openTarArchive } from './tar-archive.js';

export interface OpenArchiveOptions {
  readonly signal: AbortSignal;
  /** Where an archive that is compressed as a whole is inflated to; to be kept for as long as the image is read. */
  readonly temporaryDirectory: string;
}

/**
 * Finds the image that a reference means, by its selector and the platform, this machine's by default; its layers are
 * there, and not read yet. Throws `archive-not-found`, `archive-invalid`, `archive-unsupported`,
 * `archive-image-not-found` and `archive-image-unclear`.
 */
export async function findArchiveImage(
  reference: ArchiveReference,
  options: OpenArchiveOptions & { readonly platform?: WantedPlatform },
): Promise<ArchiveImage> {
  const files = await openArchiveFiles(reference, options);
  const images = await listImages(reference, new ArchiveReader(files, options.signal));
  const chosen = chooseImage(images, reference, options.platform);
  if (chosen.contents instanceof SlimtraceError) throw chosen.contents;
  const { names, tags, manifestDigest } = chosen;
  const alone = renderArchiveReference(referenceTo(chosen, images, reference));
  return { reference: alone, names, tags, manifestDigest, ...chosen.contents };
}

/** The files of the archive that a reference names. */
export async function openArchiveFiles(
  { transport, path }: ArchiveReference,
  options: OpenArchiveOptions,
): Promise<ArchiveFiles> {
  if (transport !== 'oci') return await openTarArchive(path, options);
  if (!isLayoutDirectory(path)) throw invalid(`${path} is no OCI layout: it has no oci-layout`);
  return openLayoutDirectory(path);
}

/** `docker save` has written both ways in since 25; the OCI index tells more. */
async function listImages({ transport }: ArchiveReference, reader: ArchiveReader): Promise<StoredImage[]> {
  const hasIndex = await reader.has('index.json');
  const hasManifest = transport !== 'oci' && (await reader.has('manifest.json'));
  if (hasIndex && transport !== 'docker-archive') return await listLayoutImages(reader);
  if (hasManifest && (transport === 'docker-archive' || transport === 'file')) return await listDockerImages(reader);
  if (transport === 'docker-archive' && hasIndex)
    throw invalid('it has no manifest.json; it can be read as oci-archive:');
  if (transport === 'oci-archive' && hasManifest)
    throw invalid('it has no index.json; it can be read as docker-archive:');
  if (await reader.has('repositories'))
    throw new SlimtraceError('archive-unsupported', { what: 'what `docker save` wrote before 1.10' });
  const hint = 'an archive of a container’s files (`docker export`) is not an image';
  throw new SlimtraceError('archive-invalid', { reason: `it has neither index.json nor manifest.json; ${hint}` });
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
