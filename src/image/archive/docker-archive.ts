import { SlimtraceError } from '../../errors.js';
import { type Digest, digestOf } from '../../system/digest.js';
import type { StoredImage } from './archive-image.js';
import { type ArchiveReader, checkDigest } from './archive-reader.js';
import { quoteName } from './entry-name.js';
import { parseImageConfig } from './image-config.js';
import type { JsonValue } from './json-value.js';
import type { LayerBlob } from './layer-blob.js';

const maxImages = 1000;

/**
 * Finds every image that `manifest.json` lists (docker image spec v1.2, "Combined Image JSON + Filesystem Changeset
 * Format"), each once with all its names. What can't be used is among them with the reason.
 */
export async function listDockerImages(reader: ArchiveReader): Promise<StoredImage[]> {
  const found = new Map<string, StoredImage>();
  const items = (await reader.readJson('manifest.json')).items();
  if (items.length > maxImages)
    throw new SlimtraceError('archive-invalid', { reason: `manifest.json lists more than ${maxImages} images` });
  for (const [position, item] of items.entries()) {
    const names = item
      .get('RepoTags')
      .items()
      .map((name) => name.text());
    const configPath = item.get('Config').text();
    const known = found.get(configPath);
    const image = known ?? (await readImage(reader, item, configPath));
    found.set(configPath, {
      ...image,
      names: [...new Set([...image.names, ...names])],
      positions: [...image.positions, position],
    });
  }
  return [...found.values()];
}

async function readImage(reader: ArchiveReader, item: JsonValue, configPath: string): Promise<StoredImage> {
  const about = { names: [], tags: [], positions: [], manifestDigest: undefined, isImage: true };
  try {
    const contents = await readContents(reader, item, configPath);
    return { ...about, platform: contents.platform, contents };
  } catch (error) {
    if (!(error instanceof SlimtraceError)) throw error;
    return { ...about, platform: undefined, contents: error };
  }
}

async function readContents(reader: ArchiveReader, item: JsonValue, configPath: string) {
  const bytes = await reader.read(configPath);
  // The config goes by its digest in all that has been seen: `HEX.json`, `blobs/sha256/HEX`, `sha256:HEX`.
  const named = /(?:^|\/|sha256:)([0-9a-f]{64})(?:\.json)?$/.exec(configPath)?.[1];
  if (named !== undefined) checkDigest(configPath, bytes, `sha256:${named}`);
  const { platform, created, config, history, diffIds } = parseImageConfig(bytes, quoteName(configPath));
  const paths = item.get('Layers').items();
  if (paths.length !== diffIds.length)
    throw new SlimtraceError('archive-invalid', {
      reason: `${item.where} has ${paths.length} layers, and its config ${diffIds.length} diff IDs`,
    });
  const layers: LayerBlob[] = [];
  for (const [at, path] of paths.entries())
    layers.push(await findLayer(reader, item, path.text(), diffIds[at] as Digest));
  return { id: digestOf(bytes), platform, created, config, history, layers };
}

async function findLayer(reader: ArchiveReader, item: JsonValue, path: string, diffId: Digest): Promise<LayerBlob> {
  const sources = item.get('LayerSources');
  const source = sources.isMissing ? sources : sources.get(diffId);
  // Docker leaves foreign layers out, and says where they are (moby, image/tarexport, "LayerSources").
  const isForeign = !source.isMissing && source.get('urls').items().length > 0;
  if (isForeign && !(await reader.has(path)))
    throw new SlimtraceError('archive-unsupported', { what: `the foreign layer ${diffId}, whose bytes are elsewhere` });
  return { ...(await reader.locate(path)), digest: undefined, diffId, mediaType: undefined };
}
