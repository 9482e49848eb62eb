import { SlimtraceError } from '../../errors.js';
import type { ContentPlace } from '../../image/archive/layer-contents.js';
import type { EntryType, FileTree, TreeEntry } from '../../image/file-tree.js';
import { encodePathText, type ImagePath, rootPath } from '../../image/path.js';

const chunkBytes = 64 * 1024;

/**
 * The plan for the agent's `unpack` (format: src/agent/native/unpack.c) that makes `tree`, in chunks of about 64 KB.
 * `placeOf` is asked for regular files only, one name of each. Directories come first, parents before what is in them,
 * then files, devices and the like, hard links, and symlinks last: nothing is ever made through one. What stands in the
 * same directory comes together. Throws `archive-invalid` for a link or an attribute with a NUL in its name.
 */
export function* renderUnpackPlan(tree: FileTree, placeOf: (path: ImagePath) => ContentPlace): Generator<Buffer> {
  let chunk: Buffer[] = [];
  let sizeBytes = 0;
  for (const field of renderFields(orderEntries(tree), placeOf)) {
    chunk.push(field);
    sizeBytes += field.length;
    if (sizeBytes < chunkBytes) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    sizeBytes = 0;
  }
  yield Buffer.concat(chunk);
}

/** An entry of the plan; `linkTo` makes it a hard link to that path, which comes before it. */
interface PlannedEntry {
  readonly entry: TreeEntry;
  readonly linkTo?: ImagePath;
}

const stageOf: Readonly<Record<EntryType, number>> = {
  directory: 0,
  file: 1,
  'character-device': 2,
  'block-device': 2,
  fifo: 2,
  socket: 2,
  symlink: 4,
};

const letters: Readonly<Record<EntryType, string>> = {
  directory: 'd',
  file: 'f',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
  socket: 's',
  symlink: 'l',
};

function orderEntries(tree: FileTree): PlannedEntry[] {
  const stages: PlannedEntry[][] = [[], [], [], [], [], []];
  const firstNames = new Map<string, ImagePath>();
  const plan = (entry: TreeEntry) => {
    const linkTo = findFirstName(entry, firstNames);
    // A hard link comes right after all that it could be one to: symlinks can have several names as well.
    const stage = linkTo === undefined ? stageOf[entry.type] : entry.type === 'symlink' ? 5 : 3;
    stages[stage]?.push({ entry, ...(linkTo === undefined ? {} : { linkTo }) });
  };
  for (const directory of directoriesOf(tree)) {
    plan(directory);
    for (const path of tree.children(directory.path)) {
      const entry = tree.get(path);
      if (entry !== undefined && entry.type !== 'directory') plan(entry);
    }
  }
  return stages.flat();
}

function* directoriesOf(tree: FileTree): Generator<TreeEntry> {
  const root = tree.get(rootPath);
  if (root !== undefined) yield root;
  for (const entry of tree.below(rootPath)) if (entry.type === 'directory') yield entry;
}

/** The name under which an entry has been planned before, if it is a hard link; else remembers this one. */
function findFirstName(entry: TreeEntry, firstNames: Map<string, ImagePath>): ImagePath | undefined {
  // A device node has nothing to share, and where none can be made a link to one couldn't be either.
  if (entry.hardLinkId === undefined || entry.type === 'directory' || entry.device !== undefined) return undefined;
  const id = `${entry.type} ${entry.hardLinkId}`;
  const first = firstNames.get(id);
  if (first === undefined) firstNames.set(id, entry.path);
  return first;
}

function* renderFields(
  entries: readonly PlannedEntry[],
  placeOf: (path: ImagePath) => ContentPlace,
): Generator<Buffer> {
  const places = new Map<ImagePath, ContentPlace>();
  const sources = new Map<string, number>();
  for (const { entry, linkTo } of entries) {
    if (entry.type !== 'file' || linkTo !== undefined) continue;
    const place = placeOf(entry.path);
    places.set(entry.path, place);
    if (!sources.has(place.file)) sources.set(place.file, sources.size);
  }
  yield renderField('slimtrace-unpack 1');
  for (const file of sources.keys()) yield* [renderField('source'), renderField(file)];
  for (const planned of entries) {
    const place = places.get(planned.entry.path);
    const body = place === undefined ? undefined : { ...place, source: sources.get(place.file) ?? 0 };
    yield* renderEntry(planned, body);
  }
  yield renderField(`end ${entries.length}`);
}

function* renderEntry(
  { entry, linkTo }: PlannedEntry,
  body: { readonly source: number; readonly offset: number; readonly sizeBytes: number } | undefined,
): Generator<Buffer> {
  const { mode, uid, gid, mtime, device = { major: 0, minor: 0 } } = entry;
  const isLink = linkTo !== undefined;
  // A hard link has the attributes of what it links to.
  const xattrs = isLink ? [] : [...(entry.xattrs ?? [])];
  const time = `${mtime.seconds}.${String(mtime.nanoseconds).padStart(9, '0')}`;
  const { source, offset, sizeBytes } = body ?? { source: 0, offset: 0, sizeBytes: 0 };
  const numbers = [mode.toString(8), uid, gid, sizeBytes, time, `${device.major}:${device.minor}`, source, offset];
  yield renderField(`${isLink ? 'h' : letters[entry.type]} ${numbers.join(' ')} ${xattrs.length}`);
  yield renderField(entry.path);
  yield renderField(linkTo ?? entry.linkTarget ?? '', entry.path);
  for (const [name, value] of xattrs) {
    yield renderField(name, entry.path);
    yield renderField(String(value.length));
    yield Buffer.from(value);
  }
}

/** No archive may say more in a field than the field: what follows a NUL would be read as the next one. */
function renderField(text: string, path = text): Buffer {
  if (!text.includes('\0')) return encodePathText(`${text}\0`);
  throw new SlimtraceError('archive-invalid', { reason: `${JSON.stringify(path)} has a NUL in a name` });
}
