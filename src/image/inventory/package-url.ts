/** The parts of a package URL; all but `type` and `name` may be left out. */
export interface PackageUrlParts {
  readonly type: string;
  /** Segments with `/` between them. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/**
 * Renders a package URL (package-url/purl-spec, PURL-SPECIFICATION.rst): qualifiers sorted, empty ones left out,
 * everything percent-encoded but letters, digits and `.-_~:`. Whatever the type asks of names is the caller's.
 */
export function renderPackageUrl({ type, namespace, name, version, qualifiers = {} }: PackageUrlParts): string {
  const segments = [...(namespace ?? '').split('/'), name].filter((segment) => segment !== '').map(encode);
  const pairs = Object.entries(qualifiers)
    .flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}=${encode(value)}`]))
    .sort();
  const at = version === undefined || version === '' ? '' : `@${encode(version)}`;
  return `pkg:${type}/${segments.join('/')}${at}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

/** By bytes: encodeURIComponent throws for a file name that isn't UTF-8, and lets `!'()*` pass. */
function encode(text: string): string {
  return Buffer.from(text, 'utf8').reduce((encoded, byte) => {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9._~:-]/.test(character);
    return encoded + (isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  }, '');
}
