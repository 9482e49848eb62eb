import { SlimtraceError } from '../../errors.js';
import { quoteName } from './entry-name.js';
import type { JsonValue } from './json-value.js';

/** The media types that we write (OCI image-spec media-types.md). */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  /** in-toto/attestation, spec/v1/bundle.md */
  statement: 'application/vnd.in-toto+json',
} as const;

const indexTypes: readonly string[] = [mediaTypes.index, 'application/vnd.docker.distribution.manifest.list.v2+json'];
const manifestTypes: readonly string[] = [mediaTypes.manifest, 'application/vnd.docker.distribution.manifest.v2+json'];
const configTypes: readonly string[] = [mediaTypes.config, 'application/vnd.docker.container.image.v1+json'];

/** Layers by their media types, compressed or not, distributable or not (distribution's spec/manifest-v2-2.md for Docker's). */
const layerType =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.(?:gzip|zstd))?)$/;

/**
 * Tells what a descriptor points to by its media type; undefined when it has none. Throws `archive-unsupported` for
 * schema 1 and for what is neither.
 */
export function kindOfDescriptor(mediaType: string | undefined): 'index' | 'manifest' | undefined {
  if (mediaType === undefined) return undefined;
  if (indexTypes.includes(mediaType)) return 'index';
  if (manifestTypes.includes(mediaType)) return 'manifest';
  if (mediaType.startsWith('application/vnd.docker.distribution.manifest.v1+')) throw schema1();
  throw new SlimtraceError('archive-unsupported', { what: `${quoteName(mediaType)}, which is no image` });
}

/**
 * Tells an index from a manifest by its fields and, where there is one, by the media type it goes by. Throws
 * `archive-invalid` when they contradict each other, and for one that could be both (CVE-2021-41190).
 */
export function kindOfManifest(mediaType: string | undefined, json: JsonValue): 'index' | 'manifest' {
  if (!json.get('fsLayers').isMissing) throw schema1();
  const hasManifests = !json.get('manifests').isMissing;
  const hasLayers = !json.get('layers').isMissing || !json.get('config').isMissing;
  if (hasManifests && hasLayers) throw invalid(`${json.where} it could be an index and a manifest`);
  const declared = [mediaType, json.get('mediaType').optionalText()].flatMap((type) => kindOfDescriptor(type) ?? []);
  // An index may list nothing, and some writers leave out what is empty.
  const kind = hasManifests ? 'index' : hasLayers ? 'manifest' : declared[0];
  if (kind === undefined) throw invalid(`${json.where} it is neither an index nor a manifest`);
  if (declared.some((other) => other !== kind)) throw invalid(`${json.where} it is not what its media type says`);
  return kind;
}

/** True for the config of an image; anything else is an artifact's (OCI image-spec manifest.md, "Guidelines for Artifact Usage"). */
export function isImageConfig(mediaType: string | undefined): boolean {
  return mediaType !== undefined && configTypes.includes(mediaType);
}

/** Throws `archive-unsupported` for a layer of a kind that isn't read. */
export function checkLayerType(mediaType: string | undefined, digest: string): void {
  if (mediaType !== undefined && layerType.test(mediaType)) return;
  const what = mediaType?.endsWith('+encrypted')
    ? `the encrypted layer ${digest}`
    : `the layer ${digest} of the kind ${mediaType === undefined ? '(none)' : quoteName(mediaType)}`;
  throw new SlimtraceError('archive-unsupported', { what });
}

/**
 * A layer's media type as an OCI manifest has it: Docker's words for the same bytes are translated. Undefined for layers
 * that may not be distributed, and for what is no layer.
 */
export function ociLayerType(
  mediaType: string,
): { readonly mediaType: string; readonly compression: 'none' | 'gzip' | 'zstd' } | undefined {
  if (!layerType.test(mediaType) || /nondistributable|foreign/.test(mediaType)) return undefined;
  const compression = /[+.](gzip|zstd)$/.exec(mediaType)?.[1] as 'gzip' | 'zstd' | undefined;
  if (compression === undefined) return { mediaType: mediaTypes.layer, compression: 'none' };
  return { mediaType: `${mediaTypes.layer}+${compression}`, compression };
}

function schema1(): SlimtraceError {
  return new SlimtraceError('archive-unsupported', {
    what: 'an image in Docker’s schema 1',
    hint: 'it was given up in 2016; `skopeo copy` converts it',
  });
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
