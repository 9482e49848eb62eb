import { createReadStream } from 'node:fs';
import { SlimtraceError } from '../errors.js';
import { DigestMeter } from '../system/digest.js';
import { readTar } from './tar.js';

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** Small blobs and indexes are kept; anything larger is a layer and only measured. */
const maxKeptBytes = 4 * 1024 * 1024;

/**
 * Recomputes every digest and length of an archive that {@link writeImageArchive} wrote, from its index down to the
 * diff IDs. Throws `archive-invalid` and says what disagrees.
 */
export async function validateImageArchive(file: string): Promise<void> {
  const { kept, measured } = await readMembers(file);
  for (const [name, { digest }] of measured) {
    if (name.startsWith('blobs/') && name !== `blobs/sha256/${digest.slice('sha256:'.length)}`)
      throw invalid(`${name} has the digest ${digest}`);
  }
  const json = (name: string): unknown => {
    const bytes = kept.get(name);
    if (bytes === undefined) throw invalid(`${name} is missing`);
    return JSON.parse(bytes.toString('utf8'));
  };
  const blob = ({ digest, size }: Descriptor): string => {
    const name = `blobs/sha256/${digest.slice('sha256:'.length)}`;
    if (measured.get(name)?.sizeBytes !== size) throw invalid(`${name} is not ${size} bytes long`);
    return name;
  };
  const index = json('index.json') as { manifests: Descriptor[] };
  for (const descriptor of index.manifests) {
    const manifest = json(blob(descriptor)) as { config: Descriptor; layers: Descriptor[] };
    const config = json(blob(manifest.config)) as { rootfs: { diff_ids: string[] } };
    for (const layer of manifest.layers) blob(layer);
    // Our layers aren't compressed, so a layer's digest is its diff ID (OCI image-spec config.md, "Layer DiffID").
    if (manifest.layers.map(({ digest }) => digest).join() !== config.rootfs.diff_ids.join())
      throw invalid('the diff IDs are not those of the layers');
  }
}

async function readMembers(file: string) {
  const kept = new Map<string, Buffer>();
  const measured = new Map<string, { readonly digest: string; readonly sizeBytes: number }>();
  for await (const member of readTar(createReadStream(file, { highWaterMark: 1024 * 1024 }))) {
    const meter = new DigestMeter();
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.body) {
      meter.update(chunk);
      if (member.sizeBytes <= maxKeptBytes) chunks.push(chunk);
    }
    if (measured.has(member.name)) throw invalid(`${member.name} is there twice`);
    measured.set(member.name, { digest: meter.digest(), sizeBytes: meter.sizeBytes });
    if (member.sizeBytes <= maxKeptBytes) kept.set(member.name, Buffer.concat(chunks));
  }
  return { kept, measured };
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
