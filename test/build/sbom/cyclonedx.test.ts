import { describe, expect, test } from 'vitest';
import { buildSbom } from '../../../src/build/sbom/cyclonedx.js';
import { chooseLicenses } from '../../../src/build/sbom/licenses.js';
import { uuidOfUrl } from '../../../src/build/sbom/name-based-uuid.js';
import { expectValidSbom } from '../../support/validate-sbom.js';
import { inventoryOf, packageOf } from './inventory-of.js';

const image = { id: `sha256:${'1'.repeat(64)}`, manifestDigest: `sha256:${'2'.repeat(64)}` };
const subject = {
  name: 'registry.example.test:5000/team/app',
  tag: '1-slim',
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  created: '2024-01-02T03:04:05.123456789Z',
  image,
  baseName: 'gcr.io/distroless/base-debian12',
  version: '0.1.0',
};
const packages = [
  packageOf('pkg:deb/debian/libc6@2.36-9?arch=arm64', 2, { source: { name: 'glibc', version: undefined } }),
  packageOf('pkg:npm/%40s/a@1.0.0', 1, { licenses: ['MIT OR Apache-2.0'] }),
  packageOf('pkg:npm/b@1.0.0', 1, { licenses: ['MIT', 'see LICENSE', 'MIT'] }),
  packageOf('pkg:npm/c', 1, { licenses: ['SEE LICENSE IN x'] }),
];
const kept = packages.flatMap(({ files = [] }) => files.slice(0, 1));

describe('buildSbom', () => {
  const build = (more: Partial<typeof subject> = {}) => buildSbom(inventoryOf(packages, kept), { ...subject, ...more });

  test('is valid by CycloneDX’s schema, and so is one about an image without packages, name or date', async () => {
    await expectValidSbom(JSON.stringify(build()));
    const { image: _image, tag: _tag, ...bare } = subject;
    const nothing = { distribution: undefined, kept: [], gone: [] };
    await expectValidSbom(JSON.stringify(buildSbom(nothing, { ...bare, created: '', baseName: undefined })));
  });

  test('the schema is one that refuses', async () => {
    const wrong = { ...build(), components: [{ name: 'no type' }] };
    await expect(expectValidSbom(JSON.stringify(wrong))).rejects.toThrow();
    const id = { ...build(), components: [{ type: 'library', name: 'a', licenses: [{ license: { id: 'Mit' } }] }] };
    await expect(expectValidSbom(JSON.stringify(id))).rejects.toThrow();
  });

  test('says what each package is, how much of it is kept, and what the image is', () => {
    expect(build()).toMatchObject({
      metadata: {
        timestamp: '2024-01-02T03:04:05.123Z',
        component: {
          type: 'container',
          name: 'registry.example.test:5000/team/app',
          version: '1-slim',
          purl: `pkg:oci/app@${image.manifestDigest}?arch=arm64&repository_url=registry.example.test:5000%2Fteam%2Fapp&tag=1-slim`,
          properties: expect.arrayContaining([{ name: 'slimtrace:imageId', value: image.id }]),
        },
      },
      components: [
        { type: 'operating-system', name: 'debian', version: '12' },
        {
          name: 'libc6',
          version: '2.36-9',
          properties: [
            { name: 'slimtrace:kept', value: 'part' },
            { name: 'slimtrace:filesKept', value: '1' },
            { name: 'slimtrace:files', value: '2' },
            { name: 'aquasecurity:trivy:SrcName', value: 'glibc' },
            { name: 'aquasecurity:trivy:SrcVersion', value: '2.36-9' },
          ],
        },
        { group: '@s', name: 'a', licenses: [{ expression: 'MIT OR Apache-2.0' }] },
        { name: 'b', licenses: [{ license: { id: 'MIT' } }, { license: { name: 'see LICENSE' } }] },
        { name: 'c' },
      ],
    });
  });

  test('the same image has the same document; another has another serial number', () => {
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
    const serials = [build(), build({ tag: 'other' }), build({ created: '2025-01-01T00:00:00Z' })].map(
      (sbom) => (sbom as { serialNumber: string }).serialNumber,
    );
    expect(new Set(serials).size).toBe(3);
  });
});

test('every licence that goes by an identifier has one in SPDX’s list', async () => {
  const identifiers = ['0BSD', 'Artistic-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'GPL-2.0-or-later', 'HPND', 'MIT-0', 'Zlib'];
  const licenses = [
    ...identifiers,
    'PSF-2.0',
    'Unicode-3.0',
    'WTFPL',
    'curl',
    'Ruby',
    'OpenSSL',
    'BSL-1.0',
    'AGPL-3.0-only',
  ];
  const sbom = buildSbom(inventoryOf([packageOf('pkg:npm/all@1', 1, { licenses })], ['/all/0']), subject);
  expect(chooseLicenses(licenses).every((choice) => 'license' in choice && 'id' in choice.license)).toBe(true);
  await expectValidSbom(JSON.stringify(sbom));
});

test('uuidOfUrl is version 5 of RFC 9562', () => {
  // Python: uuid.uuid5(uuid.NAMESPACE_URL, 'http://python.org/')
  expect(uuidOfUrl('http://python.org/')).toBe('4c565f0d-3f5a-5890-b41b-20cf47701c5e');
});
