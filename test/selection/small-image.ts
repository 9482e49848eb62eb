import { FileTree, type TreeEntry } from '../../src/image/file-tree.js';
import type { ContentSource, ImageConfig } from '../../src/image/image.js';
import { readPackages } from '../../src/image/packages.js';
import { asImagePath, type ImagePath, rootPath } from '../../src/image/path.js';
import type { AssistedFile } from '../../src/selection/assisted-file.js';
import type { SelectionOptions } from '../../src/selection/rule.js';
import { type SelectionResult, selectFiles } from '../../src/selection/select.js';
import type { AccessKind, Trace } from '../../src/trace/trace.js';
import { traceOf } from '../trace/trace-of.js';
import { type ElfToWrite, writeElf } from './elf-writer.js';

/** A small image as text, and what was fetched of it. */
export interface SmallImage {
  readonly tree: FileTree;
  readonly contents: ContentSource;
  /** The paths of each trip to the engine. */
  readonly trips: (readonly ImagePath[])[];
}

/**
 * An image from lines such as
 *
 *     /bin -> usr/bin
 *     /tmp/ 1777
 *     /etc/passwd : root:x:0:0::/root:/bin/sh
 *     /usr/bin/app 0755 elf interpreter=/lib/ld.so needed=liba.so,libb.so machine=183 imports=dlopen names=libc.so.1
 *
 * A path ending in `/` is a directory; text after ` : ` is the contents (`\n` for a line's end, one is added);
 * `files` are contents that are no text.
 */
export function smallImage(text: string, files: Readonly<Record<string, Uint8Array>> = {}): SmallImage {
  const bodies = new Map<string, Uint8Array>(Object.entries(files));
  const entries = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => parseLine(line, bodies));
  const trips: (readonly ImagePath[])[] = [];
  const fetched = new Set<ImagePath>();
  const contents: ContentSource = {
    fetch: async (paths) => {
      trips.push([...paths]);
      for (const path of paths) fetched.add(path);
    },
    read: (path, offset, length) => {
      if (!fetched.has(path)) throw new Error(`${path} is read before it was fetched`);
      return (bodies.get(path) ?? new Uint8Array()).subarray(offset, offset + length);
    },
    stream: async function* (path) {
      yield bodies.get(path) ?? new Uint8Array();
    },
  };
  return { tree: new FileTree(entries), contents, trips };
}

function parseLine(line: string, bodies: Map<string, Uint8Array>): TreeEntry {
  const [head = '', ...text] = line.split(' : ');
  const [name = '', ...words] = head.split(/\s+/);
  const path = asImagePath(name.length > 1 ? name.replace(/\/$/, '') : name);
  const arrow = words.indexOf('->');
  const linkTarget = arrow < 0 ? undefined : words[arrow + 1];
  if (text.length > 0) bodies.set(path, Buffer.from(`${text.join(' : ').replaceAll('\\n', '\n')}\n`));
  const elfAt = words.indexOf('elf');
  if (elfAt >= 0) bodies.set(path, writeElf(parseElfWords(words.slice(elfAt + 1))));
  const type = linkTarget !== undefined ? 'symlink' : name.endsWith('/') ? 'directory' : 'file';
  const mode = Number.parseInt(words.find((word) => /^[0-7]{3,4}$/.test(word)) ?? (type === 'file' ? '644' : '755'), 8);
  return {
    path,
    type,
    mode,
    uid: 0,
    gid: 0,
    sizeBytes: type === 'file' ? (bodies.get(path)?.length ?? 0) : 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}

function parseElfWords(words: readonly string[]): ElfToWrite {
  const elf: Record<string, unknown> = {};
  for (const word of words) {
    const [key = '', value = ''] = word.split(/=(.*)/s);
    if (['needed', 'imports', 'names'].includes(key)) elf[key] = value.split(',');
    else elf[key] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return elf as ElfToWrite;
}

/** The options that ask for nothing beyond the trace. */
export const plainOptions: SelectionOptions = {
  include: [],
  exclude: [],
  includeShell: false,
  certificates: false,
  without: new Set(),
  granularity: { default: 'file', overrides: [] },
  packs: [],
};

/** A trace from lines such as `read,stat /etc/passwd`; without kinds it is `read`. */
export function smallTrace(...lines: readonly string[]): Trace {
  const paths = lines.map((line) => {
    const [, accesses, path = line] = /^([a-z,]+) (.*)$/s.exec(line) ?? [];
    return { path, accesses: (accesses ?? 'read').split(',') as AccessKind[], programs: ['/app'] };
  });
  return traceOf(paths);
}

export interface SmallSelection extends SelectionResult {
  /** What is kept, but for directories that are only there because something kept is in them. */
  readonly kept: readonly string[];
}

/** Selects from a small image; nothing is traced, included or set unless said so, and certificates are wanted. */
export async function selectFrom(
  image: SmallImage,
  input: {
    trace?: readonly string[];
    healed?: readonly (readonly string[])[];
    assisted?: readonly AssistedFile[];
    config?: ImageConfig;
    env?: readonly string[];
    options?: Partial<SelectionOptions>;
    /** Which program did all that is traced; `/app` unless said. */
    program?: string;
  } = {},
): Promise<SmallSelection> {
  const ownership = input.options?.granularity && (await readPackages(image.tree, image.contents));
  const trace = smallTrace(...(input.trace ?? []));
  const programs = [input.program ?? '/app'];
  const result = await selectFiles({
    ...(ownership === undefined ? {} : { ownership }),
    tree: image.tree,
    contents: image.contents,
    config: input.config ?? {},
    trace: { ...trace, paths: trace.paths.map((traced) => ({ ...traced, programs })) },
    env: input.env ?? input.config?.Env ?? [],
    healed: (input.healed ?? []).map((lines) => smallTrace(...lines)),
    assisted: input.assisted ?? [],
    options: { ...plainOptions, certificates: true, ...input.options },
  });
  const kept = [...result.selection]
    .filter(([path, reasons]) => path !== rootPath && reasons.some(({ kind }) => kind !== 'parent-directory'))
    .map(([path]) => path);
  return { ...result, kept };
}
