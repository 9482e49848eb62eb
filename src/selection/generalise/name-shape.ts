import { hashShape, type NameShape } from './hash-shape.js';

/** `1.2`, `1.2.3`, with what may follow in a release's number (semver.org, PEP 440, Maven). */
const versionText = String.raw`v?\d+(?:\.\d+)+(?:[.-]?(?:rc|alpha|beta|post|dev|pre|a|b|m)\.?\d+)*(?:[.-](?:SNAPSHOT|RELEASE|FINAL|GA))?(?:\+[\w.]+)?`;

/** A version after what sets it apart from the name. */
const setApart = new RegExp(`(?<=[^\\d.][-_@=])${versionText}(?![\\w.]*\\d+x\\d)`, 'gi');

/** The name of a whole release: `17.0.9`, `v18.19.0`, `6.1.0-13-amd64`. */
const wholeVersion = new RegExp(`^${versionText}(?:-\\d+)*(?=$|-[a-z])`, 'i');

/** Languages that write their version into names: `python3.11`, `php8.2`, `cpython-311`, `py3.11`. The major one stays. */
const attached =
  /(?<=^(?:lib)?(?:python|pypy|pip|idle|pydoc|2to3-|perl|php|php-fpm|phar|ruby|erb|irb|rdoc|gem|lua|luac|tclsh|wish|tcl|tk|guile)\d)\.\d+/;
const pythonTag = /(?<=[.-](?:cpython-|pypy|cp|cp3\d+-cp)3)\d+(?=[.t-]|$)/g;
const eggTag = /(?<=-py\d)\.\d+/;

/** `libssl.so.3.0.11`: the first number is the soname's, and another one is another library. */
const library = /^(lib.+\.so\.\d+)\.\d+(?:\.\d+)*$/;

/** Directories whose children are called by a number alone: `gcc/12`, `postgresql/15`. */
const numberedBelow =
  /\/(?:gcc|gcc-cross)\/[\w-]+$|\/(?:gcc|clang|llvm|postgresql|pgsql|php|php\d|lua|guile|mysql|node|python)$/;

/**
 * The shape of a name in `directory`, as another build of an image would have it too; undefined for a name without a part
 * that varies from build to build.
 */
export function shapeOf(name: string, directory: string): NameShape | undefined {
  const [, soname] = library.exec(name) ?? [];
  if (soname !== undefined) return { key: `${soname}.<version>`, isSure: true };
  if (/\.so\.\d+$/.test(name)) return undefined;
  const stored = storedPackage(name, directory);
  if (stored !== undefined) return { key: stored, isSure: true };
  if (/^\d+$/.test(name))
    return numberedBelow.test(directory) ? { key: '<number>', isSure: true } : hashShape(name, directory);
  const key = name
    .replace(wholeVersion, '<version>')
    .replace(setApart, '<version>')
    .replace(attached, '.<version>')
    .replace(eggTag, '.<version>')
    .replace(pythonTag, '<version>')
    .replace(/(?<=[^\d]-)\d+(?=\.jar$)/, '<version>');
  if (key !== name) return { key, isSure: true };
  return hashShape(name, directory);
}

const storedVersion = new RegExp(`^((?:@[^@/+]+\\+)?[^@/]+)@${versionText}`, 'i');

/** Packages in the stores of pnpm and Yarn, whose names end with those of their peers or with a hash. */
function storedPackage(name: string, directory: string): string | undefined {
  if (/\/(?:\.pnpm|\.store)$/.test(directory)) {
    const [, package_] = storedVersion.exec(name) ?? /^(.+?)-(?:npm|virtual)-\S+$/.exec(name) ?? [];
    return package_ === undefined ? undefined : `${package_}@<version>`;
  }
  const [, archived] = /^(.+?-(?:npm|virtual|patch))-.+?(\.zip)?$/.exec(name) ?? [];
  return archived !== undefined && /\/(?:\.yarn\/(?:cache|unplugged)|cache|unplugged|__virtual__)$/.test(directory)
    ? `${archived}-<version>${name.endsWith('.zip') ? '.zip' : ''}`
    : undefined;
}
