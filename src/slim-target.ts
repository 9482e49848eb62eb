import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import {
  type ArchiveReference,
  failedArchiveReference,
  parseArchiveReference,
  parseArchiveTarget,
  renderArchiveReference,
  slimArchiveReference,
} from './image/archive/reference.js';
import { failedName, slimName } from './image/name.js';

/** Where a slim image goes, by what comes of it. */
export interface SlimTarget {
  /** Its name, on the engine or in the archive. */
  readonly name: string;
  readonly failedName: string;
  /** The archive it is written as once it is proved; undefined when it only stays on the engine. */
  readonly output: ArchiveReference | undefined;
  /** The archive it is written as when it isn't, on an engine that would forget it. */
  readonly failedOutput: ArchiveReference | undefined;
}

/**
 * Plans the names of a slim image: `--tag` or the source's name with `-slim` appended to the tag; `--output`, or beside the
 * source's archive on an engine that keeps no images. Throws `usage` when it would take the place of the source.
 */
export function planTarget(
  reference: string,
  source: EngineImage,
  wanted: { readonly tag: string | undefined; readonly output: string | undefined },
  engine: Pick<Engine, 'keepsImages'>,
): SlimTarget {
  const archive = parseArchiveReference(reference);
  const name =
    wanted.tag ?? (archive === undefined ? slimName(reference, source.names) : nameInArchive(archive, source));
  if (archive === undefined && source.names.includes(name)) {
    throw new SlimtraceError('usage', {
      problem: `--tag ${name} is a name of the original image`,
      hint: 'the original would lose it, and nothing could be compared any more',
    });
  }
  const output = wanted.output === undefined ? defaultOutput(archive, engine) : parseArchiveTarget(wanted.output);
  if (archive !== undefined && output !== undefined && isSameFile(output.path, archive.path))
    throw new SlimtraceError('usage', { problem: `--output ${output.path} is the original image` });
  const failedOutput = output === undefined || engine.keepsImages ? undefined : failedArchiveReference(output);
  return { name, failedName: failedName(name), output, failedOutput };
}

/** Whether two paths lead to one file or directory, by whatever way. */
export function isSameFile(left: string, right: string): boolean {
  const [first, second] = [left, right].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

function defaultOutput(archive: ArchiveReference | undefined, engine: Pick<Engine, 'keepsImages'>) {
  return archive === undefined || engine.keepsImages ? undefined : slimArchiveReference(archive);
}

/** The name that the archive gives the image, else one from the archive's own. */
function nameInArchive(archive: ArchiveReference, { names }: EngineImage): string {
  const [first] = names;
  if (first !== undefined) return slimName(first, names);
  const stem = basename(archive.path).replace(/\.(?:tar(?:\.\w+)?|tgz|tzst|oci)$/, '');
  const repository = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${repository || 'image'}:slim`;
}

/** What to call the image in a report: the archive when that is where it is to be found. */
export function placeOf(
  output: ArchiveReference | undefined,
  name: string,
  engine: Pick<Engine, 'keepsImages'>,
): string {
  return output === undefined || engine.keepsImages ? name : renderArchiveReference(output);
}
