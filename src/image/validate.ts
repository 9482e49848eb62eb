import { createReadStream } from 'node:fs';
import { SlimtraceError } from '../errors.js';
import { DigestMeter } from '../system/digest.js';
import { blobPath, type Descriptor, renderEntryPoints } from './image-archive.js';
import { readTar } from './tar.js';

/** Small blobs and indexes are kept; anything larger is a layer and only measured. */
const maxKeptBytes = 4 * 1024 * 1024;

/**
 * Recomputes every digest and length of an archive that {@link writeImageArchive} wrote, from its index down to the
 * diff IDs, and what engines read first: both ways in lead to the same image. Throws `archive-invalid` and says what
 * disagrees.
 */
export async function validateImageArchive(file: string): Promise<void> {
  const members = await readMembers(file);
  for (const [name, { digest }] of members.measured)
    if (name.startsWith('blobs/') && name !== blobPath(digest)) throw invalid(`${name} has the digest ${digest}`);
  try {
    checkReferences(members);
  } catch (cause) {
    if (cause instanceof SlimtraceError) throw cause;
    throw new SlimtraceError('archive-invalid', { reason: 'its JSON is damaged' }, { cause });
  }
}

interface Members {
  readonly kept: ReadonlyMap<string, Buffer>;
  readonly measured: ReadonlyMap<string, { readonly digest: string; readonly sizeBytes: number }>;
}

/** Follows the archive's references; damaged JSON shows as any error. */
function checkReferences({ kept, measured }: Members): void {
  const text = (name: string): string => {
    const bytes = kept.get(name);
    if (bytes === undefined) throw invalid(`${name} is missing`);
    return bytes.toString('utf8');
  };
  const blob = ({ digest, size }: Descriptor): string => {
    const name = blobPath(digest);
    const found = measured.get(name);
    if (found?.digest !== digest) throw invalid(`${name} is missing`);
    if (found.sizeBytes !== size) throw invalid(`${name} is not ${size} bytes long`);
    return name;
  };
  const [descriptor] = (JSON.parse(text('index.json')) as { manifests: [Descriptor] }).manifests;
  const manifest = JSON.parse(text(blob(descriptor))) as { config: Descriptor; layers: Descriptor[] };
  const config = JSON.parse(text(blob(manifest.config))) as { rootfs: { diff_ids: string[] } };
  for (const layer of manifest.layers) blob(layer);
  // Our layers aren't compressed, so a layer's digest is its diff ID (OCI image-spec config.md, "Layer DiffID").
  const diffIds = config.rootfs.diff_ids;
  if (manifest.layers.map(({ digest }) => digest).join() !== diffIds.join())
    throw invalid('the diff IDs are not those of the layers');
  const [{ RepoTags }] = JSON.parse(text('manifest.json')) as [{ RepoTags: [string] }];
  const entryPoints = renderEntryPoints(RepoTags[0], descriptor, manifest.config.digest, diffIds);
  for (const [name, expected] of Object.entries(entryPoints))
    if (text(name) !== expected) throw invalid(`${name} does not agree with the rest of the archive`);
}

async function readMembers(file: string): Promise<Members> {
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
