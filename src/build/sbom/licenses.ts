/** The identifiers of the SPDX licence list that most packages have; a name says the same of the others. */
const identifiers: ReadonlySet<string> = new Set([
  '0BSD',
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'BlueOak-1.0.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'HPND',
  'ISC',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OpenSSL',
  'PSF-2.0',
  'Python-2.0',
  'Ruby',
  'Unicode-3.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
  'curl',
]);

/** One item of CycloneDX's `licenses` (bom-1.6.schema.json, "licenseChoice"). */
export type LicenseChoice =
  | { readonly license: { readonly id: string } | { readonly name: string } }
  | { readonly expression: string };

/** What a package's records say of its licence, as CycloneDX says it: an expression stands alone. */
export function chooseLicenses(licenses: readonly string[]): readonly LicenseChoice[] {
  const [only] = licenses;
  const isExpression = (text: string) =>
    /^[\w.+() -]+$/.test(text) && text.split(/[ ()]+/).some((word) => ['AND', 'OR', 'WITH'].includes(word));
  if (only !== undefined && licenses.length === 1 && isExpression(only)) return [{ expression: only }];
  return [...new Set(licenses)].map((text) => ({ license: identifiers.has(text) ? { id: text } : { name: text } }));
}
