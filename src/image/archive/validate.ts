import { SlimtraceError } from '../../errors.js';
import { openTempDir } from '../../system/temp-dir.js';
import { tagOf } from '../name.js';
import type { ArchiveImage, StoredImage } from './archive-image.js';
import { ArchiveReader } from './archive-reader.js';
import { blobPath } from './descriptor.js';
import { listDockerImages } from './docker-archive.js';
import { quoteName } from './entry-name.js';
import { BlobMeter } from './measure-blobs.js';
import { listLayoutImages } from './oci-layout.js';
import { openArchiveFiles } from './open-archive.js';
import { type ArchiveReference, renderArchiveReference } from './reference.js';
import type { ImageTarget } from './write-image.js';

/** {@link validateArchive} of what `writeImage` wrote: one image with one name, and every way to it. */
export async function validateWrittenImage(target: ImageTarget, signal?: AbortSignal): Promise<void> {
  await validate(target, signal, async (reader) => {
    if (target.transport !== 'oci') await reader.locate('manifest.json');
    const [image, ...others] = await listLayoutImages(reader);
    const [name = ''] = image?.names ?? [];
    if (image?.names.length !== 1 || image.tags.join() !== tagOf(name) || others.length > 0)
      throw invalid('index.json does not name one image');
  });
}

/**
 * Recomputes every digest, size and diff ID of an archive, of every image in it, and checks that both ways in
 * (`index.json`, `manifest.json`) lead to the same images. Images that an index only mentions may be elsewhere; one must
 * be there. Throws `archive-invalid` and says what disagrees.
 */
export async function validateArchive(reference: ArchiveReference, signal?: AbortSignal): Promise<void> {
  await validate(reference, signal);
}

async function validate(
  reference: ArchiveReference,
  signal: AbortSignal = new AbortController().signal,
  checkMore: (reader: ArchiveReader) => Promise<void> = async () => {},
): Promise<void> {
  await using work = await openTempDir();
  const files = await openArchiveFiles(reference, { signal, temporaryDirectory: work.path });
  const [duplicate] = files.duplicates;
  if (duplicate !== undefined) throw invalid(`${quoteName(duplicate)} is there twice`);
  const reader = new ArchiveReader(files, signal);
  const images = await listBothWays(reference, reader);
  await checkMore(reader);
  const meter = new BlobMeter(signal);
  for (const { layers } of images) for (const layer of layers) await meter.checkLayer(layer);
  for (const path of await files.list('blobs/sha256')) await meter.checkBlob(path, await reader.locate(path));
}

async function listBothWays(reference: ArchiveReference, reader: ArchiveReader): Promise<FoundImage[]> {
  const hasIndex = await reader.has('index.json');
  const hasManifest = reference.transport !== 'oci' && (await reader.has('manifest.json'));
  const inIndex = hasIndex ? await present(reader, await listLayoutImages(reader)) : [];
  const inManifest = hasManifest ? await present(reader, await listDockerImages(reader)) : [];
  if (hasIndex && hasManifest) checkAgreement(inIndex, inManifest);
  if (inIndex.length + inManifest.length > 0) return [...inIndex, ...inManifest];
  throw invalid(`${renderArchiveReference(reference)} holds no image`);
}

type FoundImage = Pick<ArchiveImage, 'id' | 'names' | 'tags' | 'layers'>;

/** The images that are there; throws what is wrong with one. */
async function present(reader: ArchiveReader, images: readonly StoredImage[]): Promise<FoundImage[]> {
  const found: FoundImage[] = [];
  const absent: SlimtraceError[] = [];
  for (const { contents, names, tags, manifestDigest, platform, isImage } of images) {
    if (!(contents instanceof SlimtraceError)) {
      found.push({ ...contents, names, tags });
      continue;
    }
    const isElsewhere =
      manifestDigest !== undefined && platform !== undefined && !(await reader.has(blobPath(manifestDigest)));
    if (isImage && !isElsewhere) throw contents;
    absent.push(contents);
  }
  if (found.length === 0 && absent[0] !== undefined) throw absent[0];
  return found;
}

/** `manifest.json` has no place for all that an index may list, so it may name fewer images, but no others. */
function checkAgreement(inIndex: readonly FoundImage[], inManifest: readonly FoundImage[]): void {
  const disagree = (what: string) => invalid(`index.json and manifest.json do not agree: ${what}`);
  for (const { id, names } of inManifest) {
    const same = inIndex.filter((image) => image.id === id);
    if (same.length === 0) throw disagree(`only manifest.json has the image ${id}`);
    const known = same.flatMap((image) => image.names);
    const tags = same.flatMap((image) => image.tags);
    const isKnown = (name: string) => (known.length > 0 ? known.includes(name) : tags.includes(tagOf(name)));
    const unknown = names.find((name) => !isKnown(name));
    if (unknown !== undefined) throw disagree(`${id} is called ${unknown} in manifest.json only`);
    const missing = known.find((name) => !names.includes(name)) ?? tags.find((tag) => !names.map(tagOf).includes(tag));
    if (missing !== undefined) throw disagree(`${id} is called ${missing} in index.json only`);
  }
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
