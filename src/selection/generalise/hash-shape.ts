/** What one name in a directory is another build's name of: names with the same key are of the same file. */
export interface NameShape {
  readonly key: string;
  /** Its varying part can only be that: of two names with a key, one has to be sure. */
  readonly isSure: boolean;
}

/** What bundlers name by its contents. */
const asset =
  /\.(?:m?js|cjs|css|map|json|html?|svg|png|jpe?g|gif|webp|avif|ico|woff2?|ttf|otf|eot|wasm|txt|xml|webmanifest|br|gz|mp[34]|pdf|data|bin)$/i;

/** Directories of which nearly all files are. */
const assetDirectory = /\/(?:assets|static|chunks|immutable|media|bundles?|_next|_nuxt|_astro|_app)(?:\/|$)/;

/** What reads like a hash, and is the name of an algorithm. */
const knownNames = new Set(['ed25519', 'ed448', 'decade', 'facade', 'deface', 'efface', 'accede', 'decaf']);

/** The shape of a name that holds a hash of the contents: `index-3f2a1b9c.js`. One hash is another only at the same length. */
export function hashShape(name: string, directory: string): NameShape | undefined {
  if (/\/_next\/(?:static|data)$|\/\.next\/static$/.test(directory)) return buildIdShape(name);
  if (/\/bundler\/gems(?:\/extensions\/[^/]+\/[^/]+)?$/.test(directory)) return revisionShape(name);
  if (!asset.test(name)) return undefined;
  const parts = name.split(/([.-]|(?<=[^_])_(?=[^_]))/);
  // The first extension ends where the name of the file does.
  const last = parts.length - 3;
  for (let at = last; at >= 0; at -= 2) {
    const isAmongAssets = assetDirectory.test(directory) || parts.includes('chunk');
    const sureness = hashSureness(parts[at] ?? '', { isWhole: at === 0, isAmongAssets });
    if (sureness !== undefined)
      return { key: parts.with(at, `<hash of ${parts[at]?.length}>`).join(''), isSure: sureness };
  }
  // A hash in base64url may hold the very characters that set it apart.
  const [, stem, hash = '', rest] = /^(.+?[.-])([\w-]{8})((?:\.[a-z]\w*)+)$/i.exec(name) ?? [];
  return looksRandom(hash) ? { key: `${stem}<hash of 8>${rest}`, isSure: true } : undefined;
}

/** True: it can only be a hash; false: it may be one; undefined: it is none. */
function hashSureness(
  text: string,
  { isWhole, isAmongAssets }: { readonly isWhole: boolean; readonly isAmongAssets: boolean },
): boolean | undefined {
  if (knownNames.has(text.toLowerCase()) || /^\d+x\d+$/.test(text)) return undefined;
  const hasDigit = /\d/.test(text);
  const hasLetter = /[a-z]/i.test(text);
  const isHex = /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text);
  // What nothing else tells apart is every other file's successor.
  if (isWhole) return isHex && hasDigit && hasLetter && text.length >= (isAmongAssets ? 8 : 16) ? true : undefined;
  if (isHex && text.length >= 6 && text.length <= 64) {
    if (hasDigit && hasLetter) return true;
    return text.length >= 8 ? false : undefined;
  }
  if (isHex && hasDigit && hasLetter && text.length >= 4 && isAmongAssets) return true;
  if (!/^[A-Za-z0-9_]+$/.test(text) || ![8, 10, 12, 16, 20, 22, 24, 27, 32, 43].includes(text.length)) return undefined;
  if (looksRandom(text)) return true;
  return isAmongAssets && text.length === 8 && (hasDigit || /[a-z][A-Z]|^[A-Z]{2}/.test(text)) ? true : undefined;
}

/** Letters and digits in turns, or capitals where no word has them. */
export function looksRandom(text: string): boolean {
  const turns = text.match(/[a-zA-Z](?=\d)|\d(?=[a-zA-Z])/g)?.length ?? 0;
  if (/\d/.test(text) && /[A-Z]/.test(text) && turns >= 1) return true;
  if (turns >= 3) return true;
  const oddCapitals = text.match(/[a-z][A-Z](?![a-z]{2})|[A-Z]{2}(?=[a-z])/g)?.length ?? 0;
  return oddCapitals >= 1 && /[a-z]/.test(text) && /[A-Z].*[A-Z]/.test(text);
}

/** Next.js calls a directory by the build's ID: 21 characters of nanoid, or what the application chose. */
function buildIdShape(name: string): NameShape | undefined {
  const isId = /^[\w-]{20,40}$/.test(name) && /[A-Z\d]/.test(name) && !/\.\w+$/.test(name);
  return isId ? { key: '<build>', isSure: true } : undefined;
}

/** A gem from a Git repository: `rails-3f2a1b9c1234`. */
function revisionShape(name: string): NameShape | undefined {
  const [, gem] = /^(.+)-[0-9a-f]{12}$/.exec(name) ?? [];
  return gem === undefined ? undefined : { key: `${gem}-<revision>`, isSure: true };
}
