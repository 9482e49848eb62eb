import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { KeyPlace } from '../../schema/config-key.js';

/**
 * What a value of the configuration names, as seen from the working directory: relative paths in the file are relative to
 * the file, as in Compose files. `directory` is the file's, as it was given; for `.` nothing changes but volumes, which
 * engines only take with absolute paths.
 */
export function place(text: string, kind: KeyPlace, directory: string): string {
  switch (kind) {
    case 'file':
      return inDirectory(text, directory);
    case 'archive':
      return placeArchive(text, directory) ?? inDirectory(text, directory);
    case 'image':
      return placeArchive(text, directory) ?? placeImage(text, directory);
    case 'prefix':
      return text.startsWith('.') ? inDirectory(text, directory) : text;
    case 'volume':
      return text.replace(/^\.{1,2}(?=[/:]|$)[^:]*/, (host) => resolve(directory, host));
  }
}

function inDirectory(path: string, directory: string): string {
  return directory === '.' || path === '' || isAbsolute(path) ? path : join(directory, path);
}

/** `oci:DIRECTORY` and its like; undefined for what names no kind of archive. */
function placeArchive(text: string, directory: string): string | undefined {
  const [, transport, path = ''] = /^(docker-archive|oci-archive|oci):(.*)$/s.exec(text) ?? [];
  return transport === undefined ? undefined : `${transport}:${inDirectory(path, directory)}`;
}

/** A path where it can only be one, or where there is a file; else the name of an image. */
function placeImage(text: string, directory: string): string {
  const isPath = /^\.{1,2}(?:\/|$)/.test(text);
  if (directory === '.' || isAbsolute(text) || !(isPath || existsSync(join(directory, text)))) return text;
  const path = join(directory, text);
  // A path is recognised as one by how it begins.
  return /^[./]/.test(path) ? path : `./${path}`;
}
