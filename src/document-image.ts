import type { Composition } from './build/composition.js';
import { describeRequest, type SlimRequest } from './build/provenance/describe-request.js';
import { buildProvenance, type Material, provenanceType, subjectsOf } from './build/provenance/slsa.js';
import { buildStatement } from './build/provenance/statement.js';
import type { ResultOptions } from './build/result-options.js';
import { buildSbom } from './build/sbom/cyclonedx.js';
import { dateOf } from './build/slim-config.js';
import type { EngineImage } from './engine/engine.js';
import type { Attestation } from './image/archive/attestation.js';
import { withoutDirectory } from './image/archive/reference.js';
import { parseName } from './image/name.js';
import type { PlannedScenario } from './scenario.js';
import { digestOf } from './system/digest.js';
import type { Trace } from './trace/trace.js';
import { renderTrace } from './trace/trace-json.js';

/** A file that the user gave, as it was read. */
export interface InputFile {
  /** What it was given for: `--packs`. */
  readonly flag: string;
  /** Without its directory. */
  readonly name: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** What is said of a slim image in documents of their own, as plain data in a fixed order. */
export interface ImageDocuments {
  /** CycloneDX 1.6. */
  readonly sbom: object;
  /** An in-toto statement with SLSA provenance. */
  readonly provenance: object;
}

/** An image that was written: `id` is its config's digest. */
export interface DocumentedImage {
  readonly id: string;
  readonly manifestDigest: string | undefined;
}

export interface DocumentFacts {
  readonly reference: string;
  readonly source: EngineImage;
  /** The slim image's. */
  readonly name: string;
  readonly scenarios: readonly PlannedScenario[];
  readonly trace: Trace;
  readonly composition: Composition;
  readonly options: Omit<SlimRequest, 'image' | 'name' | 'scenarios' | 'nodeFileTrace'> & {
    readonly nodeFileTrace: string | undefined;
    readonly inputFiles: readonly InputFile[];
    readonly version: string;
  };
}

/** What it is made of and how it was made. The same facts give the same documents, byte for byte. */
export function documentImage(facts: DocumentFacts, image: DocumentedImage): ImageDocuments {
  const { source, name, composition, options } = facts;
  const { version, sourceDateEpoch } = options;
  const { repository, tag } = parseName(name);
  const sbom = buildSbom(composition.inventory, {
    name: repository,
    tag,
    image,
    platform: source.platform,
    created: dateOf(source.created, sourceDateEpoch),
    baseName: composition.base?.image.pullName,
    version,
  });
  const scenarios = facts.scenarios.map(({ plan, ...rest }) => ({ ...rest, checks: plan.checks }));
  const nodeFileTrace = options.nodeFileTrace !== undefined;
  const parameters = describeRequest({
    ...options,
    result: publicResult(options.result),
    image: withoutDirectory(facts.reference),
    name,
    scenarios,
    nodeFileTrace,
  });
  const materials = materialsOf(facts);
  return { sbom, provenance: buildProvenance({ name, image, parameters, materials, version, sourceDateEpoch }) };
}

/** The documents as statements about the image, to be stored beside it. */
export function attestationsOf(facts: DocumentFacts, image: DocumentedImage): readonly Attestation[] {
  const { sbom, provenance } = documentImage(facts, image);
  // What in-toto/attestation calls it, spec/predicates/cyclonedx.md.
  const bomType = 'https://cyclonedx.org/bom';
  const about = buildStatement(subjectsOf({ name: facts.name, image }), bomType, sbom);
  return [
    { predicateType: bomType, statement: JSON.stringify(about) },
    { predicateType: provenanceType, statement: JSON.stringify(provenance) },
  ];
}

/** The same, wherever on this machine an archive lay that it names. */
function publicResult(result: ResultOptions): ResultOptions {
  if (result.base?.kind !== 'image') return result;
  return { ...result, base: { ...result.base, reference: withoutDirectory(result.base.reference) } };
}

function materialsOf({ source, trace, composition, options, ...facts }: DocumentFacts): readonly Material[] {
  const reference = withoutDirectory(facts.reference);
  const base = composition.base?.image;
  const pulledAs = base?.pullName === undefined ? {} : { reference: base.pullName };
  return [
    ...[...source.repoDigests].sort().map((digest) => ({ name: 'original', reference, digest })),
    { name: 'original', reference, digest: source.id },
    ...(base === undefined ? [] : [{ name: 'base', ...pulledAs, digest: base.digest }]),
    { name: 'trace', digest: digestOf(renderTrace(trace)), mediaType: 'application/json' },
    ...options.inputFiles.map(({ flag, name, digest }) => ({ name: `${flag} ${name}`, digest })),
  ];
}
