/** What of a package.json decides which files are loaded (nodejs.org/api/packages.html) and what is installed with it. */
export interface PackageManifest {
  readonly name?: string;
  readonly main?: string;
  /** As they are: strings, lists and conditions. */
  readonly exports?: unknown;
  readonly imports?: unknown;
  /** Names of packages. */
  readonly dependencies: ReadonlySet<string>;
  readonly optionalDependencies: ReadonlySet<string>;
  readonly peerDependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** Files of the package that stand in for others in a browser (github.com/defunctzombie/package-browser-field-spec). */
  readonly browserFiles: ReadonlySet<string>;
  /** True when one of them stands in for the whole package, and nothing here has a use for it. */
  readonly isBrowserPackage: boolean;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
}

/** Parses a package.json, trusting nothing; what can't be understood is as if it weren't there. */
export function parsePackageManifest(bytes: Uint8Array | undefined): PackageManifest | undefined {
  const json = parseJsonObject(bytes);
  if (json === undefined) return undefined;
  return {
    ...(typeof json.name === 'string' ? { name: json.name } : {}),
    ...(typeof json.main === 'string' ? { main: json.main } : {}),
    ...(json.exports === undefined || json.exports === null ? {} : { exports: json.exports }),
    ...(json.imports === undefined || json.imports === null ? {} : { imports: json.imports }),
    dependencies: keysOf(json.dependencies),
    optionalDependencies: keysOf(json.optionalDependencies),
    peerDependencies: keysOf(json.peerDependencies),
    devDependencies: keysOf(json.devDependencies),
    browserFiles: browserFilesOf(json.browser),
    isBrowserPackage: typeof json.browser === 'string',
    os: stringsOf(json.os),
    cpu: stringsOf(json.cpu),
  };
}

/** The paths, relative to the directory of node_modules, of what npm installed for development alone (its node_modules/.package-lock.json). */
export function parseDevelopmentPackages(bytes: Uint8Array | undefined): ReadonlySet<string> {
  const packages = parseJsonObject(bytes)?.packages;
  if (!isObject(packages)) return new Set();
  return new Set(Object.keys(packages).filter((path) => isObject(packages[path]) && packages[path].dev === true));
}

/** Relative to the package, without `./` and `.js`. */
function browserFilesOf(browser: unknown): ReadonlySet<string> {
  const files = isObject(browser) ? Object.values(browser) : [browser];
  return new Set(files.flatMap((file) => (typeof file === 'string' ? [plainFile(file)] : [])));
}

/** `./src/browser.js` and `src/browser` are one. */
export function plainFile(file: string): string {
  return file.replace(/^\.\//, '').replace(/\.js$/, '');
}

function parseJsonObject(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  if (bytes === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOf(value: unknown): ReadonlySet<string> {
  return new Set(isObject(value) ? Object.keys(value) : []);
}

function stringsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}
