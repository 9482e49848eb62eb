import type { ImageConfigBlob } from '../image/archive/write-image.js';
import type { BaseImage } from '../image/base-image.js';
import type { ImageConfig, Platform } from '../image/image.js';
import type { Composition, LayerKind } from './composition.js';

/** What names the image a slim one was made from. */
export interface SlimSource {
  readonly config: ImageConfig;
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string;
  /** The source's digest in a registry where it has one, else its ID on the engine. */
  readonly digest: string;
}

export interface ConfigOptions {
  readonly source: SlimSource;
  readonly version: string;
  readonly sourceDateEpoch: number | undefined;
}

/** Our labels on a slim image. */
const slimLabels = {
  sourceDigest: 'io.slimtrace.source.digest',
  version: 'io.slimtrace.version',
} as const;

/** OCI image-spec annotations.md: the image whose layers are the first ones of this. */
const baseLabels = {
  name: 'org.opencontainers.image.base.name',
  digest: 'org.opencontainers.image.base.digest',
} as const;

/**
 * The config of a slim image: the source's, whole, plus labels that name the source, the tool and the base. Dated by
 * SOURCE_DATE_EPOCH (reproducible-builds.org) when given, else like the source, so the same input gives the same ID.
 */
export function buildConfig(
  composition: Pick<Composition, 'base' | 'layers' | 'user' | 'home'>,
  options: ConfigOptions,
): ImageConfigBlob {
  const { base, layers, user, home } = composition;
  const { source, version, sourceDateEpoch } = options;
  const created = dateOf(source.created, sourceDateEpoch);
  // The source may have stood on a base itself, which the slim image doesn't.
  const { [baseLabels.name]: _name, [baseLabels.digest]: _digest, ...inherited } = source.config.Labels ?? {};
  const labels: Record<string, string> = {
    ...inherited,
    [slimLabels.sourceDigest]: source.digest,
    [slimLabels.version]: version,
    ...(base === undefined ? {} : namesOfBase(base.image)),
  };
  return {
    ...source.platform,
    created,
    config: {
      ...source.config,
      ...(user === undefined ? {} : { User: user }),
      ...(home === undefined ? {} : { Env: [...(source.config.Env ?? []), `HOME=${home}`] }),
      Labels: Object.fromEntries(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))),
    },
    history: [
      ...(base?.image.history ?? []),
      ...layers.map(({ kind }) => ({
        created,
        created_by: `slimtrace ${version} slim`,
        comment:
          kind === 'debug'
            ? 'a static busybox, for debugging'
            : `${layerWords[kind]} that a traced run of ${source.digest} needs, on ${base === undefined ? 'scratch' : (base.image.pullName ?? base.image.digest)}`,
      })),
    ],
  };
}

/** What names a base, as labels and as annotations alike; one that only an archive names goes by its digest alone. */
export function namesOfBase({ pullName, digest }: Pick<BaseImage, 'pullName' | 'digest'>): Record<string, string> {
  return { ...(pullName === undefined ? {} : { [baseLabels.name]: pullName }), [baseLabels.digest]: digest };
}

/** What dates a slim image (RFC 3339): SOURCE_DATE_EPOCH in seconds, else its source. */
export function dateOf(created: string, sourceDateEpoch: number | undefined): string {
  return sourceDateEpoch === undefined ? created : new Date(sourceDateEpoch * 1000).toISOString();
}

const layerWords: Readonly<Record<Exclude<LayerKind, 'debug'>, string>> = {
  all: 'the files',
  os: 'the files of the operating system',
  runtime: 'the language runtime',
  dependencies: 'the dependencies',
  application: 'the application',
};
