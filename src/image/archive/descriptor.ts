import { SlimtraceError } from '../../errors.js';
import type { Digest } from '../../system/digest.js';
import type { Platform } from '../image.js';
import { quoteName } from './entry-name.js';
import type { JsonValue } from './json-value.js';

/** What points to a blob (OCI image-spec descriptor.md), as far as it is used here. */
export interface Descriptor {
  readonly mediaType: string | undefined;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly annotations: ReadonlyMap<string, string>;
  /** Of what an index lists (OCI image-spec image-index.md). */
  readonly platform: Platform | undefined;
  readonly artifactType: string | undefined;
  /** It may be fetched from elsewhere, so it needn't be in the archive. */
  readonly isForeign: boolean;
}

/** Throws `archive-invalid` when something is not as it should be, `archive-unsupported` for a digest other than SHA-256. */
export function readDescriptor(json: JsonValue): Descriptor {
  const annotations = json.get('annotations').members();
  return {
    mediaType: json.get('mediaType').optionalText(),
    digest: readDigest(json.get('digest')),
    sizeBytes: json.get('size').count(),
    annotations: new Map(annotations.map(([name, value]) => [name, value.text()])),
    platform: readPlatform(json.get('platform')),
    artifactType: json.get('artifactType').optionalText(),
    isForeign: json.get('urls').items().length > 0,
  };
}

/** Reads `sha256:` and 64 hexadecimal digits: the only kind that becomes part of a path. */
export function readDigest(json: JsonValue): Digest {
  const text = json.text();
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return text as Digest;
  if (/^[a-z0-9+._-]{1,32}:[0-9a-zA-Z=_-]{32,128}$/.test(text) && !text.startsWith('sha256:'))
    throw new SlimtraceError('archive-unsupported', { what: `a digest by ${text.slice(0, text.indexOf(':'))}` });
  throw new SlimtraceError('archive-invalid', { reason: `${json.where} is not a digest: ${quoteName(text)}` });
}

/** Where a blob is in an OCI layout (OCI image-spec image-layout.md, "Blobs"). */
export function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

function readPlatform(json: JsonValue): Platform | undefined {
  if (json.isMissing) return undefined;
  const os = json.get('os').optionalText();
  const architecture = json.get('architecture').optionalText();
  const variant = json.get('variant').optionalText();
  return os && architecture ? { os, architecture, ...(variant ? { variant } : {}) } : undefined;
}
