import type { Platform } from '../../image/image.js';
import { renderPackageUrl } from '../../image/inventory/package-url.js';
import { digestOf } from '../../system/digest.js';
import type { ComposedInventory, KeptPackage } from './composed-inventory.js';
import { chooseLicenses } from './licenses.js';
import { uuidOfUrl } from './name-based-uuid.js';

/** The image that an SBOM is about. */
export interface SbomSubject {
  /** Without a tag. */
  readonly name: string;
  readonly tag?: string | undefined;
  readonly platform: Platform;
  /** RFC 3339: not when the SBOM was made, but what dates the image. */
  readonly created: string;
  /** Absent in an SBOM that is within the image: no file can hold a digest of what it is in. */
  readonly image?: {
    readonly id: string;
    /** Of the archive it was written as. */
    readonly manifestDigest: string | undefined;
  };
  readonly baseName: string | undefined;
  /** Of slimtrace. */
  readonly version: string;
}

type Property = { readonly name: string; readonly value: string };

const root = 'image';

/**
 * What a slim image is made of as a CycloneDX 1.6 document (cyclonedx.org/docs/1.6/json), plain data in a fixed order:
 * the same image has the same document, serial number included.
 */
export function buildSbom({ distribution, kept }: ComposedInventory, subject: SbomSubject): object {
  const system =
    distribution === undefined
      ? []
      : [
          {
            'bom-ref': `os:${distribution.id}`,
            type: 'operating-system',
            name: distribution.id,
            ...(distribution.versionId === undefined ? {} : { version: distribution.versionId }),
            ...(distribution.prettyName === undefined ? {} : { description: distribution.prettyName }),
          },
        ];
  const components = [...system, ...kept.map(describePackage)];
  const contents = {
    version: 1,
    metadata: {
      ...timestamp(subject.created),
      tools: { components: [{ type: 'application', name: 'slimtrace', version: subject.version }] },
      component: describeImage(subject),
    },
    components,
    dependencies: [{ ref: root, dependsOn: components.map((component) => component['bom-ref']) }],
    // What a binary was linked from, and what an archive of classes holds, is not looked into.
    compositions: [{ aggregate: 'incomplete', assemblies: [root] }],
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOfUrl(`urn:slimtrace:sbom:${digestOf(JSON.stringify(contents))}`)}`,
    ...contents,
  };
}

function timestamp(created: string): { readonly timestamp?: string } {
  const date = new Date(created);
  return Number.isNaN(date.getTime()) ? {} : { timestamp: date.toISOString() };
}

function describeImage({ name, tag, platform, image, baseName }: SbomSubject): object {
  const { os, architecture, variant } = platform;
  const properties = [
    ...property('slimtrace:platform', [os, architecture, variant].filter(Boolean).join('/')),
    ...property('slimtrace:imageId', image?.id),
    ...property('slimtrace:manifestDigest', image?.manifestDigest),
    ...property('slimtrace:baseImage', baseName),
  ];
  const digest = image?.manifestDigest;
  return {
    'bom-ref': root,
    type: 'container',
    name,
    ...(tag === undefined ? {} : { version: tag }),
    // Only a manifest has a digest that a registry knows.
    ...(digest === undefined ? {} : { purl: ociPurl(name, tag, digest, architecture) }),
    properties,
  };
}

function ociPurl(repository: string, tag: string | undefined, digest: string, arch: string): string {
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  // What has a registry in it (distribution reference, normalize.go).
  const isElsewhere = /^(?:[^/]*[.:][^/]*|localhost)\//.test(repository);
  return renderPackageUrl({
    type: 'oci',
    name,
    version: digest,
    qualifiers: { arch, tag, repository_url: isElsewhere ? repository : undefined },
  });
}

function describePackage({ package: one, filesKept, files, extent, isOfBase }: KeptPackage) {
  const { type, name, version, purl, source } = one;
  const licenses = chooseLicenses(one.licenses);
  const [group, own] = type === 'npm' || type === 'composer' ? splitName(name) : [undefined, name];
  return {
    'bom-ref': purl,
    type: 'library',
    ...(group === undefined ? {} : { group }),
    name: own,
    ...(version === '' ? {} : { version }),
    ...(licenses.length === 0 ? {} : { licenses }),
    purl,
    properties: [
      ...property('slimtrace:kept', extent),
      ...property('slimtrace:filesKept', String(filesKept)),
      ...property('slimtrace:files', String(files)),
      ...property('slimtrace:ofBase', isOfBase ? 'true' : undefined),
      // Advisories of distributions are about source packages; this is where Trivy looks for their names.
      ...property('aquasecurity:trivy:SrcName', source?.name),
      ...property('aquasecurity:trivy:SrcVersion', source === undefined ? undefined : (source.version ?? version)),
    ],
  };
}

function splitName(name: string): [string | undefined, string] {
  const cut = name.lastIndexOf('/');
  return cut === -1 ? [undefined, name] : [name.slice(0, cut), name.slice(cut + 1)];
}

function property(name: string, value: string | undefined): Property[] {
  return value === undefined || value === '' ? [] : [{ name, value }];
}
