import { existsSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import { comparePaths, type FileTree } from '../../image/file-tree.js';
import { readGivenText } from '../../system/given-file.js';
import { type BuildNames, isRun, parseBuildNames } from './build-names.js';
import { type IgnoreFile, parseIgnoreFile } from './ignore-file.js';

/** A line that a `.dockerignore` could have. */
export interface IgnoreSuggestion {
  readonly pattern: string;
  /** A clause. */
  readonly because: string;
  /** What it would leave out, counted up to a bound. */
  readonly sizeBytes: number;
}

export interface ContextQuestion {
  readonly directory: string;
  /** The Dockerfile: one may have a `.dockerignore` of its own beside it. */
  readonly dockerfile: string;
  /** RUN, COPY and ADD of it, with their here-documents. */
  readonly instructions: readonly string[];
  /** The original's tree. */
  readonly original: FileTree;
  /** What the slim image has. */
  readonly isKept: (path: string) => boolean;
  readonly workingDirectory: string;
}

interface Search extends ContextQuestion {
  readonly build: BuildNames;
}

/** So much of a context is looked at: one that has more wants its `.dockerignore` anyway. */
const mostEntries = 20_000;
const deepest = 6;

/**
 * Finds what stands in a build context, isn't left out by its `.dockerignore`, and is never wanted there, or has no part in
 * the slim image. Throws `file-unreadable` when the context can't be read.
 */
export async function suggestIgnores(question: ContextQuestion): Promise<readonly IgnoreSuggestion[]> {
  const { directory, instructions } = question;
  const search = { ...question, build: parseBuildNames(instructions) };
  const ignored = await readIgnoreFile(question);
  const root = await readContext(directory, ignored).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file: directory }, { cause });
  });
  const found = new Map<string, IgnoreSuggestion>();
  const visit = async (entry: ContextEntry): Promise<void> => {
    const reason = await neverWanted(entry, search);
    const suggestion = reason ?? unused(entry, search);
    if (suggestion === undefined) {
      for (const child of entry.children) await visit(child);
      return;
    }
    const { pattern, because } = suggestion;
    const before = found.get(pattern)?.sizeBytes ?? 0;
    found.set(pattern, { pattern, because, sizeBytes: before + entry.sizeBytes });
  };
  for (const entry of root) await visit(entry);
  return [...found.values()].sort((left, right) => comparePaths(left.pattern, right.pattern));
}

/** Throws `file-unreadable` for what can't be a build context, which {@link suggestIgnores} would say much later. */
export async function requireContext(directory: string): Promise<void> {
  await readdir(directory).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file: directory }, { cause });
  });
}

async function readIgnoreFile({ directory, dockerfile }: ContextQuestion): Promise<IgnoreFile> {
  // The Dockerfile's own comes first (docs.docker.com/build/concepts/context).
  for (const file of [`${dockerfile}.dockerignore`, join(directory, '.dockerignore')]) {
    if (existsSync(file)) return parseIgnoreFile(await readGivenText(file));
  }
  return parseIgnoreFile('');
}

interface ContextEntry {
  /** Relative to the context. */
  readonly path: string;
  readonly file: string;
  readonly isDirectory: boolean;
  /** Of all that is below a directory. */
  readonly sizeBytes: number;
  readonly children: readonly ContextEntry[];
}

/** Links aren't followed, and what is left out already isn't read. */
async function readContext(directory: string, ignored: IgnoreFile): Promise<readonly ContextEntry[]> {
  let left = mostEntries;
  const read = async (at: string, depth: number): Promise<ContextEntry[]> => {
    const found = await readdir(at, { withFileTypes: true });
    const entries: ContextEntry[] = [];
    for (const item of found.sort((one, two) => comparePaths(one.name, two.name))) {
      const file = join(at, item.name);
      const path = relative(directory, file);
      left -= 1;
      if (left < 0 || ignored.ignores(path)) continue;
      const isDirectory = item.isDirectory();
      const children = isDirectory && depth < deepest ? await read(file, depth + 1).catch(() => []) : [];
      const sizeBytes = item.isFile() ? await sizeOf(file) : children.reduce((sum, child) => sum + child.sizeBytes, 0);
      entries.push({ path, file, isDirectory, sizeBytes, children });
    }
    return entries;
  };
  return await read(directory, 0);
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

type Found = Pick<IgnoreSuggestion, 'pattern' | 'because'>;

/** By name, or by what is in it. */
async function neverWanted(entry: ContextEntry, search: Search): Promise<Found | undefined> {
  const { path, file, isDirectory } = entry;
  const { build, instructions } = search;
  const name = basename(path);
  if (!isPattern(path) || resolve(file) === resolve(search.dockerfile)) return undefined;
  const anywhere = path.includes('/') ? `**/${patternOf(name)}` : patternOf(name);
  const installs = installed.find(({ directories }) => isDirectory && directories.includes(name));
  // Commands that run in the image mean what was installed there.
  if (installs !== undefined && instructions.some((line) => isRun(line) && installs.command.test(line)))
    return build.takes(path)
      ? undefined
      : { pattern: anywhere, because: `the Dockerfile installs it in the image (${installs.words})` };
  if (build.names(path)) return undefined;
  if (['.git', '.hg', '.svn'].includes(name))
    return { pattern: anywhere, because: 'the history is no part of an image' };
  if (isDirectory) {
    if (['__pycache__', '.pytest_cache', '.mypy_cache', '.ruff_cache'].includes(name))
      return { pattern: anywhere, because: 'it is a cache of this machine’s Python' };
    if (['.aws', '.ssh', '.gnupg', '.kube'].includes(name)) return { pattern: anywhere, because: secret };
    return undefined;
  }
  if (name === '.DS_Store') return { pattern: anywhere, because: 'it is this machine’s' };
  if (isSecret(name)) return { pattern: anywhere, because: secret };
  if (/\.(?:tar|tgz|txz|zip|7z|rar|iso|dump|bak)$|\.(?:tar|sql)\.\w+$/i.test(name))
    return { pattern: patternOf(path), because: 'it is an archive that the Dockerfile does not name' };
  if (await isSlimtraces(entry)) return { pattern: patternOf(path), because: 'slimtrace wrote it' };
  return undefined;
}

const secret = 'it may hold secrets, which stay in the layers of an image for good';

const installed: readonly {
  readonly directories: readonly string[];
  readonly command: RegExp;
  readonly words: string;
}[] = [
  {
    directories: ['node_modules'],
    command: /\b(?:npm|pnpm|yarn|bun)\b(?:\s+--?\S+)*\s*(?:ci|i|install|add|--frozen-lockfile|$|&&)/,
    words: 'npm, pnpm, yarn or bun',
  },
  {
    directories: ['venv', '.venv'],
    command: /\b(?:pip3?|poetry|uv|pipenv)\b.*\b(?:install|sync)\b/,
    words: 'pip, poetry, uv or pipenv',
  },
  { directories: ['vendor'], command: /\b(?:composer|bundle)\b.*\binstall\b/, words: 'composer or bundler' },
];

function isSecret(name: string): boolean {
  if (/^\.env(?:\..+)?$/.test(name)) return !/\.(?:example|sample|template|dist|defaults?)$/.test(name);
  return /^(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.git-credentials|\.htpasswd)$|\.(?:key|p12|pfx|jks|kdbx)$/.test(
    name,
  );
}

/** Reports, traces and locks: JSON, or YAML, whose beginning says so. */
async function isSlimtraces({ file, path }: ContextEntry): Promise<boolean> {
  if (!/\.(?:json|lock|html|md|trace)$/.test(path)) return false;
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(400), 0, 400, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return /"slimtraceVersion"|"kind":\s*"slimtrace|slimtrace[ -](?:trace|lock|report)|\$schema.{0,80}slimtrace/.test(
      text,
    );
  } finally {
    await handle.close();
  }
}

/** What came from the context into the working directory, as it is, and nothing of it is in the slim image. */
function unused(entry: ContextEntry, search: Search): Found | undefined {
  if (!isPattern(entry.path) || search.build.names(entry.path)) return undefined;
  // One suggestion for a directory helps; one for each of its files doesn't.
  if (!entry.isDirectory && entry.path.includes('/')) return undefined;
  const files = filesOf(entry);
  if (files.length === 0 || entry.sizeBytes === 0 || files.some(({ path }) => search.build.names(path)))
    return undefined;
  const wentUnused = ({ path, sizeBytes }: ContextEntry) => {
    const inImage = `${search.workingDirectory.replace(/\/$/, '')}/${path}`;
    const there = search.original.get(inImage);
    return there?.type === 'file' && there.sizeBytes === sizeBytes && !search.isKept(inImage);
  };
  if (!files.every(wentUnused)) return undefined;
  return {
    pattern: patternOf(entry.path),
    because:
      'it is copied into the image, and the slim one does without: leave it out if no step of the build reads it',
  };
}

function filesOf(entry: ContextEntry): readonly ContextEntry[] {
  return entry.isDirectory ? entry.children.flatMap(filesOf) : [entry];
}

/** Whether a line can name a path and nothing else: it is one line, its ends are cut, and what can't be seen is printed otherwise. */
function isPattern(path: string): boolean {
  return !/ $|(?! )[\p{C}\p{Z}\uFFFD]/u.test(path);
}

/** A path that stands for itself as a pattern. */
function patternOf(path: string): string {
  const escaped = path.replace(/[\\*?[]/g, '\\$&');
  return /^[#!\s]/.test(escaped) ? `./${escaped}` : escaped;
}
