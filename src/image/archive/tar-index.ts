import { setImmediate } from 'node:timers/promises';
import { SlimtraceError } from '../../errors.js';
import { decodePathBytes } from '../path.js';
import { type TarHeader, tarBlockBytes } from '../tar-header.js';
import { quoteName } from './entry-name.js';
import { IndexBudget } from './index-budget.js';
import { PaxState } from './pax-state.js';
import { decodeName, hasValidChecksum, isZeroBlock, type MemberHeader, readMemberHeader } from './tar-member-header.js';
import { parsePaxNumber, parsePaxTime } from './tar-numbers.js';
import { type TarRange, TarWindow } from './tar-window.js';

/** One member of a tar. `name` and a hard link's `linkTarget` are as the tar has them: `..` and slashes included. */
export interface IndexedMember extends TarHeader {
  /** Where its contents begin, in bytes from the start of the file. */
  readonly bodyOffset: number;
}

export interface IndexOptions {
  readonly signal: AbortSignal;
  /** What the tar is, for errors: `layer sha256:…`. */
  readonly what: string;
  readonly budget?: IndexBudget;
}

/** Names and PAX headers longer than this can't be honest. */
const maxHeaderBytes = 1024 * 1024;

/** Others get their turn after so many blocks of work. */
const membersPerTurn = 4096;

const maxId = 0xffff_ffff;

const types: Readonly<Record<string, TarHeader['type']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/**
 * Reads the headers of an uncompressed tar and leaves the bodies where they are: v7, ustar, PAX (POSIX.1-2017, pax),
 * GNU tar's long names and base-256 numbers, libarchive's and star's attributes. Where writers disagree it reads what
 * Go's archive/tar reads, as every engine does. Throws `archive-invalid` for what is damaged or too much, and
 * `archive-unsupported` for sparse entries and unknown types; both name the entry.
 */
export async function indexTar(range: TarRange, options: IndexOptions): Promise<IndexedMember[]> {
  const reader = new TarReader(range, options);
  const members: IndexedMember[] = [];
  for (let turns = 1; ; turns += 1) {
    if (turns % membersPerTurn === 0) await setImmediate();
    options.signal.throwIfAborted();
    const step = reader.next();
    if (step === 'end') return members;
    if (step !== 'more') members.push(step);
  }
}

class TarReader {
  readonly #window: TarWindow;
  readonly #end: number;
  readonly #what: string;
  readonly #budget: IndexBudget;
  #at: number;
  readonly #pax = new PaxState();
  #longName: string | undefined;
  #longLink: string | undefined;
  #isPending = false;

  constructor(range: TarRange, { what, budget }: IndexOptions) {
    this.#window = new TarWindow(range);
    this.#at = range.offset;
    this.#end = range.offset + range.sizeBytes;
    this.#what = what;
    this.#budget = budget ?? new IndexBudget();
  }

  next(): IndexedMember | 'more' | 'end' {
    const block = this.#window.block(this.#at);
    if (block.length === 0 || (block.length === tarBlockBytes && isZeroBlock(block))) return this.#finish(block.length);
    if (block.length < tarBlockBytes) throw this.#invalid(`it ends within the header at byte ${this.#at}`);
    if (!hasValidChecksum(block)) throw this.#invalid(`there is no valid header at byte ${this.#at}`);
    const header = readMemberHeader(block);
    this.#at += tarBlockBytes;
    if ('xgLK'.includes(header.typeFlag)) {
      this.#readExtension(header);
      return 'more';
    }
    const member = this.#memberOf(header);
    this.#pax.endMember();
    this.#longName = undefined;
    this.#longLink = undefined;
    this.#isPending = false;
    return member ?? 'more';
  }

  /** Two zero blocks end a tar, whatever comes after them; some writers leave out one or both. */
  #finish(length: number): 'end' {
    if (this.#isPending) throw this.#invalid('it ends after an extended header');
    const second = length === 0 ? undefined : this.#window.block(this.#at + tarBlockBytes);
    if (second?.length === tarBlockBytes && !isZeroBlock(second))
      throw this.#invalid(`there is a single zero block at byte ${this.#at}`);
    return 'end';
  }

  #readExtension(header: MemberHeader): void {
    const { typeFlag, sizeBytes } = header;
    const name = decodePathBytes(header.name);
    if (sizeBytes === undefined || sizeBytes < 0) throw this.#invalidEntry(name, 'its size is no number');
    if (sizeBytes > maxHeaderBytes) throw this.#invalidEntry(name, `its extended header has ${sizeBytes} bytes`);
    const bytes = this.#window.bytes(this.#at, sizeBytes);
    if (bytes.length < sizeBytes) throw this.#invalidEntry(name, 'the archive ends within it');
    this.#at += roundUp(sizeBytes);
    if (typeFlag === 'L') this.#longName = decodeName(bytes);
    else if (typeFlag === 'K') this.#longLink = decodeName(bytes);
    else {
      const problem = this.#pax.add(typeFlag, bytes);
      if (problem !== undefined) throw this.#invalidEntry(name, problem);
    }
    if (typeFlag === 'g') this.#spend(name, this.#budget.takeBytes(bytes.length));
    else this.#isPending = true;
  }

  #memberOf(header: MemberHeader): IndexedMember | undefined {
    const name = this.#longName ?? this.#pax.text('path') ?? decodePathBytes(header.name);
    const size = this.#number(name, 'size', header.sizeBytes);
    this.#refuseSparse(name, header.typeFlag);
    const type = types[header.typeFlag];
    if (type === undefined) {
      if (size > 0) throw this.#unsupported(name, `an entry of the type ${quoteName(header.typeFlag)}`);
      return undefined;
    }
    const isDirectory = type === 'directory' || (type === 'file' && name.endsWith('/'));
    if (isDirectory && type === 'file' && size > 0) throw this.#invalidEntry(name, 'a directory has contents');
    // As Go's archive/tar: what isn't a regular file has no contents, whatever its size field says.
    const sizeBytes = type === 'file' ? size : 0;
    const bodyOffset = this.#at;
    if (bodyOffset + sizeBytes > this.#end)
      throw this.#invalidEntry(name, `the archive ends within its ${sizeBytes} bytes`);
    this.#at = Math.min(bodyOffset + roundUp(sizeBytes), this.#end);
    const linkTarget = this.#longLink ?? this.#pax.text('linkpath') ?? decodePathBytes(header.linkName);
    const isLink = type === 'symlink' || type === 'hard-link';
    const isDevice = type === 'character-device' || type === 'block-device';
    const { xattrs, addedBytes } = this.#pax.xattrs();
    this.#spend(name, this.#budget.takeEntry(name.length + (isLink ? linkTarget.length : 0) + addedBytes));
    return {
      name,
      type: isDirectory ? 'directory' : type,
      mode: this.#field(name, 'mode', header.mode) & 0o7777,
      uid: this.#id(name, 'uid', header.uid),
      gid: this.#id(name, 'gid', header.gid),
      sizeBytes,
      mtime: this.#mtime(name, header.mtime),
      bodyOffset,
      ...(isLink ? { linkTarget } : {}),
      ...(isDevice
        ? {
            device: {
              major: this.#number(name, 'SCHILY.devmajor', header.major),
              minor: this.#number(name, 'SCHILY.devminor', header.minor),
            },
          }
        : {}),
      ...(xattrs === undefined ? {} : { xattrs }),
    };
  }

  #number(name: string, keyword: string, field: number | undefined): number {
    const text = this.#pax.text(keyword);
    const value = this.#field(name, keyword, text === undefined ? field : parsePaxNumber(text));
    if (value < 0) throw this.#invalidEntry(name, `its ${keyword} is negative`);
    return value;
  }

  #field(name: string, keyword: string, value: number | undefined): number {
    if (value === undefined) throw this.#invalidEntry(name, `its ${keyword} is no number`);
    return value;
  }

  #id(name: string, keyword: 'uid' | 'gid', field: number | undefined): number {
    const id = this.#number(name, keyword, field);
    if (id > maxId) throw this.#invalidEntry(name, `its ${keyword} is ${id}`);
    return id;
  }

  #mtime(name: string, field: number | undefined): TarHeader['mtime'] {
    const text = this.#pax.text('mtime');
    const mtime = text === undefined ? { seconds: field ?? Number.NaN, nanoseconds: 0 } : parsePaxTime(text);
    if (mtime === undefined || Number.isNaN(mtime.seconds)) throw this.#invalidEntry(name, 'its mtime is no number');
    return mtime;
  }

  #refuseSparse(name: string, typeFlag: string): void {
    if (typeFlag !== 'S' && !this.#pax.isSparse) return;
    throw this.#unsupported(this.#pax.text('GNU.sparse.name') ?? name, 'a sparse entry');
  }

  #spend(name: string, problem: string | undefined): void {
    if (problem !== undefined) throw this.#invalidEntry(name, problem);
  }

  #unsupported(name: string, what: string): SlimtraceError {
    return new SlimtraceError('archive-unsupported', { what: `${what}: ${quoteName(name)} in ${this.#what}` });
  }

  #invalidEntry(name: string, problem: string): SlimtraceError {
    return this.#invalid(`entry ${quoteName(name)}: ${problem}`);
  }

  #invalid(problem: string): SlimtraceError {
    return new SlimtraceError('archive-invalid', { reason: `${this.#what}: ${problem}` });
  }
}

function roundUp(sizeBytes: number): number {
  return Math.ceil(sizeBytes / tarBlockBytes) * tarBlockBytes;
}
