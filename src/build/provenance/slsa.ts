import { buildStatement, digestSet, type ResourceDescriptor } from './statement.js';

/** What a provenance statement is made from; nothing in it depends on when or where the image was made. */
export interface ProvenanceFacts {
  /** The name of the slim image. */
  readonly name: string;
  readonly image: {
    readonly id: string;
    /** Of the archive it was written as. */
    readonly manifestDigest: string | undefined;
  };
  /** What the user asked for, without secrets. */
  readonly parameters: object;
  readonly materials: readonly Material[];
  /** Of slimtrace. */
  readonly version: string;
  /** Seconds since 1970: the only time there is. */
  readonly sourceDateEpoch: number | undefined;
}

/** Something that an image is made from, by its digest. */
export interface Material {
  readonly name: string;
  /** The name it was given by. */
  readonly reference?: string;
  /** `sha256:…`, or a name with it: `app@sha256:…` */
  readonly digest: string;
  readonly mediaType?: string;
}

export const provenanceType = 'https://slsa.dev/provenance/v1';

/** What the parameters below mean; it changes when they do. */
const buildType = 'urn:slimtrace:build-type:slim:v1';

/**
 * The SLSA provenance of a slim image (slsa.dev/spec/v1.0/provenance). Its subject is the image twice where an archive was
 * written: by its manifest, which registries go by, and by its config, which engines go by.
 */
export function buildProvenance(facts: ProvenanceFacts): object {
  const { version, sourceDateEpoch, parameters, materials } = facts;
  const time = sourceDateEpoch === undefined ? undefined : new Date(sourceDateEpoch * 1000).toISOString();
  return buildStatement(subjectsOf(facts), provenanceType, {
    buildDefinition: {
      buildType,
      externalParameters: parameters,
      internalParameters: {},
      resolvedDependencies: materials.flatMap(describeMaterial),
    },
    runDetails: {
      builder: { id: 'pkg:npm/slimtrace', version: { slimtrace: version } },
      ...(time === undefined ? {} : { metadata: { startedOn: time, finishedOn: time } }),
    },
  });
}

/** The image as statements name it. */
export function subjectsOf({ name, image }: Pick<ProvenanceFacts, 'name' | 'image'>): readonly ResourceDescriptor[] {
  const manifest = image.manifestDigest;
  return [
    ...(manifest === undefined
      ? []
      : describeMaterial({ name, digest: manifest, mediaType: 'application/vnd.oci.image.manifest.v1+json' })),
    ...describeMaterial({ name, digest: image.id, mediaType: 'application/vnd.oci.image.config.v1+json' }),
  ];
}

function describeMaterial({ name, reference, digest, mediaType }: Material): ResourceDescriptor[] {
  const set = digestSet(digest);
  if (set === undefined) return [];
  return [
    {
      name,
      digest: set,
      ...(mediaType === undefined ? {} : { mediaType }),
      ...(reference === undefined ? {} : { annotations: { reference } }),
    },
  ];
}
