import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobPath } from '../../../src/image/archive/descriptor.js';
import { digestOf } from '../../../src/system/digest.js';
import { type MemberSketch, tarOf } from './raw-tar.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };
export type JsonObject = { readonly [field: string]: Json };

export const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** The files of an archive that is put together piece by piece, right or wrong. */
export class ArchiveParts {
  readonly files = new Map<string, Buffer>();

  /** Adds a blob and returns its descriptor; `more` goes over what is true. */
  blob(mediaType: string, content: Json | Buffer, more: JsonObject = {}): JsonObject {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    this.files.set(blobPath(digestOf(bytes)), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
  }

  /** Adds an image of one layer; `more` goes over its manifest, `config` over its config. */
  image(
    about: { readonly config?: JsonObject; readonly layer?: JsonObject; readonly manifest?: JsonObject } = {},
  ): JsonObject {
    const tar = tarOf([{ name: 'file', body: 'body' }]);
    const config = { ...plainConfig(digestOf(tar)), ...about.config };
    return this.blob(types.manifest, {
      schemaVersion: 2,
      mediaType: types.manifest,
      config: this.blob(types.config, config),
      layers: [this.blob(types.layer, tar, about.layer)],
      ...about.manifest,
    });
  }

  index(manifests: readonly Json[], more: JsonObject = {}): this {
    this.json('index.json', { schemaVersion: 2, manifests, ...more });
    return this.json('oci-layout', { imageLayoutVersion: '1.0.0' });
  }

  json(path: string, value: Json): this {
    this.files.set(path, Buffer.from(JSON.stringify(value)));
    return this;
  }

  tarBytes(more: readonly (MemberSketch | Buffer)[] = []): Buffer {
    return tarOf([...[...this.files].map(([name, body]) => ({ name, body })), ...more]);
  }

  /** As a tar; `more` are members after all others. */
  tar(file: string, more: readonly (MemberSketch | Buffer)[] = []): string {
    writeFileSync(file, this.tarBytes(more));
    return file;
  }

  directory(path: string): string {
    for (const [name, body] of this.files) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), body);
    }
    return path;
  }
}

export function plainConfig(...diffIds: readonly string[]): JsonObject {
  return {
    architecture: 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: { Cmd: ['/file'] },
    rootfs: { type: 'layers', diff_ids: [...diffIds] },
  };
}

/** A descriptor of an index that goes by this name. */
export function named(descriptor: JsonObject, name: string): JsonObject {
  return { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } };
}

export function onPlatform(descriptor: JsonObject, architecture: string, variant?: string): JsonObject {
  const platform = { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) };
  return { ...descriptor, platform };
}
