import { SlimtraceError } from '../errors.js';
import type { EntryType, TreeEntry } from '../image/file-tree.js';
import { asImagePath, decodePathBytes, type ImagePath } from '../image/path.js';

const types: Readonly<Record<string, EntryType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  c: 'character-device',
  b: 'block-device',
  p: 'fifo',
  s: 'socket',
};

const headPattern = /^([fdlcbps]) ([0-7]{1,4}) (\d+) (\d+) (\d+) (-?\d+)\.(\d{9}) (\d+:\d+) (\d+) (\d+):(\d+) (\d+)$/;

/** An xattr larger than this can't come from Linux (XATTR_SIZE_MAX, include/uapi/linux/limits.h). */
const maxXattrBytes = 65536;

export interface Listing {
  readonly entries: readonly TreeEntry[];
  /** `clone`: seen beneath all mounts; `plain`: what mounts cover could not be seen. */
  readonly view: 'clone' | 'plain';
}

/**
 * Parses what the agent's `list` writes (format: src/agent/native/list.c): NUL-terminated fields, a header, entries, and
 * `end COUNT`. Throws `listing-invalid` for anything else, an early end above all.
 */
export async function parseListing(stream: AsyncIterable<Uint8Array>): Promise<Listing> {
  const fields = new FieldReader(stream);
  const header = /^slimtrace-list 1 (clone|plain)$/.exec(await fields.text());
  if (header === null) throw invalid('it has no header');
  const entries: TreeEntry[] = [];
  for (;;) {
    const head = await fields.text();
    if (head.startsWith('end ')) {
      if (head !== `end ${entries.length}`) throw invalid(`it has ${entries.length} entries and says "${head}"`);
      return { entries, view: header[1] as Listing['view'] };
    }
    entries.push(await parseEntry(head, fields));
  }
}

async function parseEntry(head: string, fields: FieldReader): Promise<TreeEntry> {
  const match = headPattern.exec(head);
  if (match === null) throw invalid(`not an entry: ${JSON.stringify(head.slice(0, 100))}`);
  const [, letter = '', mode = '', uid, gid, size, seconds, nanoseconds, inode = '', links, major, minor, xattrCount] =
    match;
  const path = parsePath(await fields.bytes());
  const linkTarget = decodePathBytes(await fields.bytes());
  const xattrs = new Map<string, Uint8Array>();
  for (let index = 0; index < Number(xattrCount); index++) {
    const name = await fields.text();
    xattrs.set(name, await fields.raw(parseXattrLength(await fields.text())));
  }
  const type = types[letter] ?? 'file';
  const isDevice = type === 'character-device' || type === 'block-device';
  return {
    path,
    type,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    sizeBytes: type === 'file' ? Number(size) : 0,
    mtime: { seconds: Number(seconds), nanoseconds: Number(nanoseconds) },
    ...(type === 'symlink' ? { linkTarget } : {}),
    ...(isDevice ? { device: { major: Number(major), minor: Number(minor) } } : {}),
    ...(type !== 'directory' && Number(links) > 1 ? { hardLinkId: inode } : {}),
    ...(xattrs.size > 0 ? { xattrs } : {}),
  };
}

/** A path that leaves the image or isn't normalised can't be the agent's: nothing behind it is to be believed. */
function parsePath(bytes: Uint8Array): ImagePath {
  const text = decodePathBytes(bytes);
  try {
    return asImagePath(text);
  } catch {
    throw invalid(`not a path: ${JSON.stringify(text.slice(0, 100))}`);
  }
}

function parseXattrLength(text: string): number {
  const length = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (length <= maxXattrBytes) return length;
  throw invalid(`an extended attribute of ${JSON.stringify(text.slice(0, 20))} bytes`);
}

/** Takes NUL-terminated fields and counted bytes off a stream of chunks. */
class FieldReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString('latin1');
  }

  async bytes(): Promise<Buffer> {
    let end = this.#buffer.indexOf(0, this.#at);
    while (end === -1) {
      await this.#more();
      end = this.#buffer.indexOf(0, this.#at);
    }
    const field = this.#buffer.subarray(this.#at, end);
    this.#at = end + 1;
    return field;
  }

  async raw(length: number): Promise<Uint8Array> {
    while (this.#buffer.length - this.#at < length) await this.#more();
    // Copied, so that a few bytes don't keep a whole chunk alive.
    const bytes = Uint8Array.prototype.slice.call(this.#buffer, this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  async #more(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done) throw invalid('it ends early');
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), next.value]);
    this.#at = 0;
  }
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('listing-invalid', { reason });
}
