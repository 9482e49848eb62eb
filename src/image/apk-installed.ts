/** A file of a package in apk's database, with the lines that are about it (`R:`, and `a:` and `Z:` where it has them). */
export interface ApkFile {
  /** Absolute, as it is listed. */
  readonly path: string;
  readonly lines: readonly string[];
}

/** A directory (`F:`, and `M:` where it has one) and the files that are listed in it. */
export interface ApkDirectory {
  readonly path: string;
  readonly lines: readonly string[];
  readonly files: readonly ApkFile[];
}

/** One package of apk's database. */
export interface ApkPackage {
  readonly name: string;
  /** The lines before the first file: name, version, licence, dependencies … */
  readonly header: readonly string[];
  readonly directories: readonly ApkDirectory[];
}

interface Growing {
  name: string;
  readonly header: string[];
  readonly directories: { path: string; lines: string[]; files: { path: string; lines: string[] }[] }[];
}

/**
 * Parses apk's `installed` (apk-package(5), "installed"; Alpine wiki, "Apk spec"): a block of lines for each package, an
 * empty line after it. Blocks without a name (`P:`) are passed over.
 */
export function parseApkInstalled(text: string): readonly ApkPackage[] {
  const packages: Growing[] = [];
  let current: Growing | undefined;
  for (const line of text.split('\n')) {
    if (line === '') current = undefined;
    else {
      if (current === undefined || (line.startsWith('P:') && current.name !== '')) {
        current = { name: '', header: [], directories: [] };
        packages.push(current);
      }
      addLine(current, line);
    }
  }
  return packages.filter(({ name }) => name !== '');
}

function addLine(current: Growing, line: string): void {
  const directory = current.directories.at(-1);
  const value = line.slice(2);
  if (line.startsWith('P:')) current.name = value;
  if (line.startsWith('F:')) current.directories.push({ path: `/${value}`, lines: [line], files: [] });
  else if (directory === undefined) current.header.push(line);
  else if (line.startsWith('R:')) {
    const path = directory.path === '/' ? `/${value}` : `${directory.path}/${value}`;
    directory.files.push({ path, lines: [line] });
  } else (directory.files.at(-1) ?? directory).lines.push(line);
}

/** The block of a package as it stands in the database, with the empty line after it. */
export function renderApkPackage({ header, directories }: Omit<ApkPackage, 'name'>): string {
  const lines = directories.flatMap((directory) => [
    ...directory.lines,
    ...directory.files.flatMap((file) => file.lines),
  ]);
  return `${[...header, ...lines].join('\n')}\n\n`;
}
