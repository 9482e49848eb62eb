import { SlimtraceError } from '../../errors.js';
import type { Digest } from '../../system/digest.js';
import type { StoredImage } from './archive-image.js';
import type { ArchiveReader } from './archive-reader.js';
import { blobPath, type Descriptor, readDescriptor } from './descriptor.js';
import { quoteName } from './entry-name.js';
import { parseImageConfig } from './image-config.js';
import { JsonValue } from './json-value.js';
import type { LayerBlob } from './layer-blob.js';
import { checkLayerType, isImageConfig, kindOfDescriptor, kindOfManifest } from './media-types.js';

/** Far more manifests than an index of an image for every platform has; a hostile one could go on for ever. */
const maxManifests = 1000;
/** An index in `index.json`, one in that: nobody has been seen to nest deeper. */
const maxIndexDepth = 8;

/**
 * Finds every image of an OCI layout (image-spec image-layout.md): through nested indexes, attestations left out, each
 * image once with all its names. What can't be used is among them with the reason.
 */
export async function listLayoutImages(reader: ArchiveReader): Promise<StoredImage[]> {
  const found = new Map<Digest, StoredImage>();
  let left = maxManifests;
  const visit = async (descriptors: readonly JsonValue[], above: Above): Promise<void> => {
    for (const [at, json] of descriptors.entries()) {
      left -= 1;
      if (left < 0) throw invalid(`its indexes list more than ${maxManifests} manifests`);
      const descriptor = readDescriptor(json);
      if (isAttestation(descriptor)) continue;
      const here = describe(descriptor, above, at);
      const nested = await readNested(reader, descriptor, above);
      if (nested === undefined) addImage(found, await readImage(reader, descriptor, here));
      else await visit(nested, { ...here, indexes: [...above.indexes, descriptor.digest] });
    }
  };
  const index = await readIndex(reader);
  await visit(index.get('manifests').items(), { names: [], tags: [], position: undefined, indexes: [] });
  return [...found.values()];
}

/** What an image has from the indexes it is in. */
interface Above {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly position: number | undefined;
  readonly indexes: readonly Digest[];
}

async function readIndex(reader: ArchiveReader): Promise<JsonValue> {
  const layout = (await reader.readJson('oci-layout')).get('imageLayoutVersion').text();
  if (!/^1\.\d+\.\d+$/.test(layout))
    throw new SlimtraceError('archive-unsupported', { what: `an OCI layout of version ${JSON.stringify(layout)}` });
  const index = await reader.readJson('index.json');
  if (index.get('schemaVersion').count() !== 2) throw invalid('index.json: schemaVersion is not 2');
  if (kindOfManifest(index.get('mediaType').optionalText(), index) !== 'index')
    throw invalid('index.json is not an index');
  return index;
}

/** BuildKit's provenance and SBOMs stand beside the images they are about (buildkit docs, attestation-storage.md). */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  return (
    annotations.has('vnd.docker.reference.type') || (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

function describe({ annotations }: Descriptor, above: Above, at: number): Above {
  const refName = annotations.get('org.opencontainers.image.ref.name');
  const name = annotations.get('io.containerd.image.name');
  const isName = refName !== undefined && /[:/]/.test(refName);
  return {
    ...above,
    names: [...above.names, ...(name === undefined ? [] : [name]), ...(isName ? [refName] : [])],
    tags: [...above.tags, ...(refName === undefined || isName ? [] : [refName])],
    position: above.position ?? at,
  };
}

/** What an index lists; undefined when the descriptor isn't an index's. */
async function readNested(
  reader: ArchiveReader,
  descriptor: Descriptor,
  { indexes }: Above,
): Promise<JsonValue[] | undefined> {
  if (!mayBeIndex(descriptor)) return undefined;
  if (indexes.includes(descriptor.digest)) throw invalid(`the index ${descriptor.digest} lists itself`);
  if (indexes.length >= maxIndexDepth) throw invalid(`its indexes are nested more than ${maxIndexDepth} deep`);
  const json = JsonValue.parse(await reader.readJsonBlob(descriptor), blobPath(descriptor.digest));
  return kindOfManifest(descriptor.mediaType, json) === 'index' ? json.get('manifests').items() : undefined;
}

/** What is of no use is only an error when nothing else is meant. */
function mayBeIndex({ mediaType }: Descriptor): boolean {
  try {
    return kindOfDescriptor(mediaType) !== 'manifest';
  } catch {
    return false;
  }
}

/** Engines keep images of many platforms as indexes, and may have one of them only. */
async function readImage(reader: ArchiveReader, descriptor: Descriptor, above: Above): Promise<StoredImage> {
  const { names, tags, position = 0 } = above;
  const about = { names, tags, positions: [position], manifestDigest: descriptor.digest };
  try {
    const manifest = await readManifest(reader, descriptor);
    const isImage = isImageConfig(manifest.get('config').get('mediaType').optionalText());
    const contents = isImage ? await readContents(reader, manifest) : asArtifact(manifest);
    const platform = descriptor.platform ?? (contents instanceof SlimtraceError ? undefined : contents.platform);
    return { ...about, platform, isImage, contents };
  } catch (error) {
    if (!(error instanceof SlimtraceError)) throw error;
    return { ...about, platform: descriptor.platform, isImage: true, contents: error };
  }
}

function asArtifact(manifest: JsonValue): SlimtraceError {
  const type =
    manifest.get('artifactType').optionalText() ?? manifest.get('config').get('mediaType').optionalText() ?? '(none)';
  return new SlimtraceError('archive-unsupported', {
    what: `an artifact of the kind ${quoteName(type)}, which is no image`,
  });
}

async function readManifest(reader: ArchiveReader, descriptor: Descriptor): Promise<JsonValue> {
  kindOfDescriptor(descriptor.mediaType);
  const source = blobPath(descriptor.digest);
  const manifest = JsonValue.parse(await reader.readJsonBlob(descriptor), source);
  if (kindOfManifest(descriptor.mediaType, manifest) !== 'manifest') throw invalid(`${source} is not a manifest`);
  return manifest;
}

async function readContents(reader: ArchiveReader, manifest: JsonValue) {
  const configDescriptor = readDescriptor(manifest.get('config'));
  const { platform, created, config, history, diffIds } = await readConfig(reader, configDescriptor);
  const descriptors = manifest.get('layers').items().map(readDescriptor);
  if (descriptors.length !== diffIds.length)
    throw invalid(`${manifest.where} ${descriptors.length} layers, and ${diffIds.length} diff IDs in its config`);
  const layers: LayerBlob[] = [];
  for (const [at, layer] of descriptors.entries()) layers.push(await findLayer(reader, layer, diffIds[at] as Digest));
  return { id: configDescriptor.digest, platform, created, config, history, layers };
}

async function readConfig(reader: ArchiveReader, descriptor: Descriptor) {
  return parseImageConfig(await reader.readJsonBlob(descriptor), blobPath(descriptor.digest));
}

async function findLayer(reader: ArchiveReader, descriptor: Descriptor, diffId: Digest): Promise<LayerBlob> {
  const { mediaType, digest } = descriptor;
  checkLayerType(mediaType, digest);
  if (descriptor.isForeign && !(await reader.has(blobPath(digest))))
    throw new SlimtraceError('archive-unsupported', { what: `the foreign layer ${digest}, whose bytes are elsewhere` });
  return { ...(await reader.locateBlob(descriptor)), digest, diffId, mediaType };
}

function addImage(found: Map<Digest, StoredImage>, image: StoredImage): void {
  const digest = image.manifestDigest as Digest;
  const known = found.get(digest);
  if (known === undefined) return void found.set(digest, image);
  found.set(digest, {
    ...known,
    names: union(known.names, image.names),
    tags: union(known.tags, image.tags),
    positions: union(known.positions, image.positions),
    platform: known.platform ?? image.platform,
  });
}

function union<T>(left: readonly T[], right: readonly T[]): T[] {
  return [...new Set([...left, ...right])];
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
