import type { ImageConfigBlob } from '../image/archive/write-image.js';
import type { ImageConfig, Platform } from '../image/image.js';

/** What names the image a slim one was made from. */
export interface SlimSource {
  readonly config: ImageConfig;
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string;
  /** The source's digest in a registry where it has one, else its ID on the engine. */
  readonly digest: string;
}

/** Our labels on a slim image. */
const slimLabels = {
  sourceDigest: 'io.slimtrace.source.digest',
  version: 'io.slimtrace.version',
} as const;

/**
 * The config of a slim image: the source's, whole, plus labels that name the source and the tool. Dated by
 * SOURCE_DATE_EPOCH (reproducible-builds.org) when given, else like the source, so the same input gives the same ID.
 */
export function buildConfig(source: SlimSource, version: string, sourceDateEpoch: number | undefined): ImageConfigBlob {
  const created = sourceDateEpoch === undefined ? source.created : new Date(sourceDateEpoch * 1000).toISOString();
  const labels = { ...source.config.Labels, [slimLabels.sourceDigest]: source.digest, [slimLabels.version]: version };
  return {
    ...source.platform,
    created,
    config: {
      ...source.config,
      Labels: Object.fromEntries(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))),
    },
    history: [
      {
        created,
        created_by: `slimtrace ${version} slim`,
        comment: `the files that a traced run of ${source.digest} needs, on scratch`,
      },
    ],
  };
}
