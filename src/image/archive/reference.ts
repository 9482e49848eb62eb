import { type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SlimtraceError } from '../../errors.js';

/**
 * The kinds of archives, by skopeo's names (containers-transports(5)). `file` is a tar that was named by its path alone:
 * what it is shows when it is read.
 */
export type ArchiveTransport = 'docker-archive' | 'oci-archive' | 'oci' | 'file';

/** Where an image archive is, and which of its images is meant. */
export interface ArchiveReference {
  readonly transport: ArchiveTransport;
  /** On the host; a directory for `oci`, else a file. */
  readonly path: string;
  /** A tag or name, `@POSITION` counted from 0, or `@sha256:…`, the manifest's digest. */
  readonly selector?: string;
}

const prefixes = ['docker-archive', 'oci-archive', 'oci'] as const;

/**
 * Recognises `docker-archive:FILE[:NAME[:TAG]|:@POSITION]`, `oci-archive:FILE[:TAG]`, `oci:DIR[:TAG]` and plain paths of
 * what is there: of a file when the path has a slash or ends like an archive's, of a directory when that is an OCI layout.
 * Undefined for what must be an engine's name of an image. Throws `archive-not-found` for what can only be meant as a path.
 */
export function parseArchiveReference(text: string): ArchiveReference | undefined {
  const transport = prefixOf(text);
  return transport === undefined ? parsePlainPath(text) : parsePrefixed(transport, text.slice(transport.length + 1));
}

/** The same for an archive to be written: it needn't be there, and without a prefix it is always the path of a tar. */
export function parseArchiveTarget(text: string): ArchiveReference {
  const transport = prefixOf(text);
  if (transport === undefined) return { transport: 'file', path: text };
  return splitAt(transport, text.slice(transport.length + 1), 0);
}

/** The way a reference is written; {@link parseArchiveReference} reads it. */
export function renderArchiveReference({ transport, path, selector }: ArchiveReference): string {
  const prefix = transport === 'file' ? '' : `${transport}:`;
  return `${prefix}${path}${selector === undefined ? '' : `:${selector}`}`;
}

/** An image as it was named, of an archive without the directory it is in: where that lies is nobody else's business. */
export function withoutDirectory(text: string): string {
  let archive: ArchiveReference | undefined;
  try {
    archive = parseArchiveReference(text);
  } catch {
    // It was an archive when the work began.
    return basename(text);
  }
  return archive === undefined ? text : renderArchiveReference({ ...archive, path: basename(archive.path) });
}

/** Where the slim image of an archive's goes when nobody says: beside it, `app.tar.gz` → `app-slim.tar`, `oci:app` → `oci:app-slim`. */
export function slimArchiveReference(reference: ArchiveReference): ArchiveReference {
  return withSuffix(reference, '-slim');
}

/** Where a slim image goes that did not pass its checks: never where the good one would be. */
export function failedArchiveReference(slim: ArchiveReference): ArchiveReference {
  return withSuffix(slim, '-failed');
}

function withSuffix({ transport, path }: ArchiveReference, suffix: string): ArchiveReference {
  if (transport === 'oci') {
    const directory = /^\.{0,2}$/.test(basename(path)) ? resolve(path) : path.replace(/\/+$/, '');
    return { transport, path: `${directory}${suffix}` };
  }
  const [, stem = path, extension = ''] = /^(.*?[^/])(\.tar(?:\.\w+)?|\.tgz|\.tzst|\.oci)?$/s.exec(path) ?? [];
  // What is written is never compressed.
  return { transport, path: `${stem}${suffix}${extension === '.oci' ? '.oci' : '.tar'}` };
}

function prefixOf(text: string): (typeof prefixes)[number] | undefined {
  return prefixes.find((prefix) => text.startsWith(`${prefix}:`));
}

function parsePlainPath(text: string): ArchiveReference | undefined {
  // An engine's names begin with a letter or a digit (distribution reference grammar).
  const isOnlyPath = /^(?:\/|\.\.?(?:\/|$))/.test(text);
  const found = statOf(text);
  if (found?.isFile() && (text.includes('/') || /\.(?:tar|tar\.gz|tar\.zst|tgz|tzst|oci)$/.test(text)))
    return { transport: 'file', path: text };
  if (found?.isDirectory() && isLayoutDirectory(text)) return { transport: 'oci', path: text };
  if (!isOnlyPath) return undefined;
  throw notFound(text, found?.isDirectory() ? 'the directory is no OCI layout: it has no oci-layout' : undefined);
}

/** Skopeo ends the path at its first colon; a longer one is taken when only that is there. */
function parsePrefixed(transport: (typeof prefixes)[number], rest: string): ArchiveReference {
  const isThere = (stats: Stats | undefined) => (transport === 'oci' ? stats?.isDirectory() : stats?.isFile());
  for (let at = rest.indexOf(':'); at !== -1; at = rest.indexOf(':', at + 1))
    if (isThere(statOf(rest.slice(0, at)))) return splitAt(transport, rest, at);
  if (isThere(statOf(rest))) return { transport, path: rest };
  const { path } = splitAt(transport, rest, 0);
  const found = statOf(path);
  if (found === undefined) throw notFound(path);
  throw notFound(path, transport === 'oci' ? 'it is not a directory' : 'it is not a regular file');
}

/** The path ends at the first colon from `from` on. */
function splitAt(transport: (typeof prefixes)[number], rest: string, from: number): ArchiveReference {
  const cut = rest.indexOf(':', from);
  const path = cut === -1 ? rest : rest.slice(0, cut);
  const selector = cut === -1 ? '' : rest.slice(cut + 1);
  if (path === '')
    throw new SlimtraceError('usage', {
      problem: `${JSON.stringify(`${transport}:${rest}`)} names no ${transport === 'oci' ? 'directory' : 'file'}`,
      hint: 'an archive is docker-archive:FILE[:NAME[:TAG]], oci-archive:FILE[:TAG] or oci:DIRECTORY[:TAG]',
    });
  return { transport, path, ...(selector === '' ? {} : { selector }) };
}

/** True when a directory says that it is an OCI layout (OCI image-spec image-layout.md, "oci-layout file"). */
export function isLayoutDirectory(directory: string): boolean {
  return statOf(join(directory, 'oci-layout'))?.isFile() === true;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // A name with more characters than a path may have, or through a file, is none; one with a NUL is no path either.
    if (code === 'EACCES' || code === 'EIO') throw new SlimtraceError('file-unreadable', { file: path }, { cause });
    return undefined;
  }
}

function notFound(file: string, reason?: string): SlimtraceError {
  const cause = reason === undefined ? {} : { cause: new Error(reason) };
  return new SlimtraceError('archive-not-found', { file }, cause);
}
