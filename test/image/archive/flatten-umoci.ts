import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { digestOf } from '../../../src/system/digest.js';

/** Writes an OCI layout (image-spec image-layout.md) of one image named `it`, and nothing but what umoci asks for. */
export async function writeLayout(directory: string, tars: readonly Uint8Array[]): Promise<void> {
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: Uint8Array | string) => {
    const digest = digestOf(content);
    writeFileSync(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), content);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: Buffer.byteLength(content) };
  };
  const layers = tars.map((tar) => put('layer.v1.tar', tar));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = put('config.v1+json', JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const manifest = put('manifest.v1+json', JSON.stringify({ schemaVersion: 2, config, layers }));
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  writeFileSync(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Unpacks the image `it` of a layout; gives the tree's directory, or what umoci says against it. */
export async function unpackWithUmoci(layout: string, bundle: string): Promise<{ root: string } | { refusal: string }> {
  const { exitCode, stderr } = await execa('umoci', ['unpack', '--image', `${layout}:it`, bundle], { reject: false });
  return exitCode === 0 ? { root: join(bundle, 'rootfs') } : { refusal: stderr };
}
