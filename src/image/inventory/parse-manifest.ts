import { baseName, parentOf } from '../path.js';
import { asWord, type PackageType } from './installed-package.js';
import type { Manifest } from './manifest.js';

/** A package as its manifest tells it. */
export interface DescribedPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  /** Directories that hold what is the package's and no other's. */
  readonly directories: readonly string[];
  /** Files of it elsewhere, absolute, with `..` in them where the list has them; made as they are taken. */
  readonly files: Iterable<string>;
}

/** A manifest's text and those of its lists, in their order. */
export interface ReadManifest extends Manifest {
  readonly text: string;
  readonly listTexts: readonly string[];
}

/** The packages that a manifest tells of: none when it isn't one, several for Composer. Never throws. */
export function parseManifest(manifest: ReadManifest): DescribedPackage[] {
  switch (manifest.kind) {
    case 'npm':
      return parseNpm(manifest);
    case 'dist-info':
    case 'egg-info':
      return parsePython(manifest);
    case 'gem':
      return parseGem(manifest);
    case 'composer':
      return parseComposer(manifest);
  }
}

/** npm's package.json(5). The directory's name counts when the file gives none that could be one. */
function parseNpm({ path, text }: ReadManifest): DescribedPackage[] {
  const value = parseObject(text);
  if (value === undefined) return [];
  const directory = parentOf(path);
  const [, ownName = ''] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(directory) ?? [];
  const name = asWord(value.name);
  const isName = name !== undefined && /^(?:@[^/@.][^/@]*\/)?[^/@.][^/@]*$/.test(name);
  const licenses = [value.license, ...listOf(value.licenses)].flatMap((license) => licenseName(license) ?? []);
  return [
    {
      type: 'npm',
      name: isName ? name : ownName,
      version: asWord(value.version) ?? '',
      licenses,
      directories: [directory],
      files: [],
    },
  ];
}

/** PyPA's core metadata: fields as in a mail's header, up to the first empty line. */
function parsePython({ kind, path, text, lists, listTexts }: ReadManifest): DescribedPackage[] {
  const header = text.slice(0, text.search(/\r?\n\r?\n/) >>> 0);
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(header)?.[1]?.trim();
  const name = asWord(field('Name'));
  if (name === undefined) return [];
  const isDirectory = baseName(path) === 'METADATA' || baseName(path) === 'PKG-INFO';
  const info = isDirectory ? parentOf(path) : path;
  const site = parentOf(info);
  const license = field('License-Expression') || field('License');
  const list = (file: string) => linesOf(listTexts[lists.findIndex((at) => baseName(at) === file)] ?? '');
  const recorded = list('RECORD');
  const installed = list('installed-files.txt');
  const topLevels = kind === 'egg-info' && installed.length === 0 ? list('top_level.txt') : [];
  return [
    {
      type: 'pypi',
      name,
      version: asWord(field('Version')) ?? '',
      // The classic field may hold a whole licence.
      licenses: license && license.length <= 100 && license !== 'UNKNOWN' ? [license] : [],
      directories: [...(isDirectory ? [info] : []), ...topLevels.map((top) => `${site}/${top}`)],
      files: {
        *[Symbol.iterator]() {
          yield path;
          for (const line of recorded) yield `${site}/${firstField(line)}`;
          for (const line of installed) yield `${info}/${line}`;
          for (const top of topLevels) yield `${site}/${top}.py`;
        },
      },
    },
  ];
}

/** The first field of a line of comma-separated values (RFC 4180). */
function firstField(line: string): string {
  const [, quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^,]*))/.exec(line) ?? [];
  return quoted === undefined ? plain : quoted.replaceAll('""', '"');
}

/** What `gem install` writes: Ruby, but in a fixed form. The file's name is NAME-VERSION[-PLATFORM]. */
function parseGem({ path, text }: ReadManifest): DescribedPackage[] {
  const fullName = baseName(path).slice(0, -'.gemspec'.length);
  const assigned = (field: string) => new RegExp(`^[ \\t]*s\\.${field} = "([^"\\n]*)"`, 'm').exec(text)?.[1];
  const [, ownName = '', ownVersion = ''] = /^(.+?)-(\d[^-]*)/.exec(fullName) ?? [];
  const name = asWord(assigned('name')) ?? ownName;
  if (name === '') return [];
  const home = path.replace(/\/specifications\/(?:default\/)?[^/]*$/, '');
  const licenses = /^[ \t]*s\.licenses = \[([^\]\n]*)\]/m.exec(text)?.[1]?.match(/"[^"]+"/g) ?? [];
  return [
    {
      type: 'gem',
      name,
      version: asWord(assigned('version')) ?? ownVersion,
      licenses: licenses.map((license) => license.slice(1, -1)),
      directories: [`${home}/gems/${fullName}`],
      files: [path],
    },
  ];
}

/** Composer's installed.json: `packages`, each with where it is from here (Composer 2), or a list of them (Composer 1). */
function parseComposer({ path, text }: ReadManifest): DescribedPackage[] {
  const value = parseJson(text);
  const listed = Array.isArray(value) ? value : listOf(parseObject(text)?.packages);
  const directory = parentOf(path);
  return listed.flatMap((item): DescribedPackage[] => {
    if (typeof item !== 'object' || item === null) return [];
    const { name: named, version, license, 'install-path': place } = item as Record<string, unknown>;
    const name = asWord(named);
    if (name === undefined || !/^[^/.][^/]*\/[^/.][^/]*$/.test(name)) return [];
    const home = typeof place === 'string' ? `${directory}/${place}` : `${parentOf(directory)}/${name}`;
    return [
      {
        type: 'composer',
        name,
        version: asWord(version) ?? '',
        licenses: listOf(license).flatMap((one) => licenseName(one) ?? []),
        directories: [home],
        files: [],
      },
    ];
  });
}

function licenseName(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= 100 ? value.trim() || undefined : undefined;
  return typeof value === 'object' && value !== null && 'type' in value ? asWord(value.type) : undefined;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
