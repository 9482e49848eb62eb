import { decodePathBytes } from '../path.js';
import { addPaxRecords, xattrsOf } from './pax-records.js';

/** They are gone through at each global header; honest ones have a few. */
const maxGlobalRecords = 1000;

/** What an extended attribute takes besides its bytes, about. */
const attributeBytes = 64;

/** The PAX records in force while a tar is read: global ones until they are overridden, a member's own for it alone. */
export class PaxState {
  readonly #global = new Map<string, Buffer>();
  /** The attributes of global headers alone, shared by all who have no others. */
  #globalXattrs: ReadonlyMap<string, Uint8Array> | undefined;
  #isGlobalSparse = false;
  #local = new Map<string, Buffer>();
  #isLocalSparse = false;

  /** Takes an extended header of type `x` (the next member's) or `g` (global). Returns what is wrong with it, if anything is. */
  add(typeFlag: string, bytes: Buffer): string | undefined {
    const records = typeFlag === 'g' ? this.#global : this.#local;
    const problem = addPaxRecords(records, bytes);
    const isSparse = [...records.keys()].some((keyword) => keyword.startsWith('GNU.sparse.'));
    if (this.#global.size > maxGlobalRecords) return 'there are too many global PAX records';
    if (typeFlag === 'g') {
      this.#globalXattrs = xattrsOf(records);
      this.#isGlobalSparse = isSparse;
    } else this.#isLocalSparse = isSparse;
    return problem;
  }

  /** A value in force; an empty one takes a global one out of force. */
  text(keyword: string): string | undefined {
    const value = this.#local.get(keyword) ?? this.#global.get(keyword);
    return value === undefined || value.length === 0 ? undefined : decodePathBytes(value);
  }

  /** GNU tar's ways to leave out holes: what follows isn't the file's contents as they are. */
  get isSparse(): boolean {
    return this.#isLocalSparse || this.#isGlobalSparse;
  }

  /** The next member's attributes, and about how many bytes of memory they take that no other member's take already. */
  xattrs(): { readonly xattrs: ReadonlyMap<string, Uint8Array> | undefined; readonly addedBytes: number } {
    const own = xattrsOf(this.#local);
    if (own === undefined) return { xattrs: this.#globalXattrs, addedBytes: 0 };
    const xattrs = this.#globalXattrs === undefined ? own : new Map([...this.#globalXattrs, ...own]);
    let addedBytes = 0;
    for (const [name, value] of xattrs) addedBytes += attributeBytes + name.length + value.length;
    return { xattrs, addedBytes };
  }

  /** The member's own records have had their turn. */
  endMember(): void {
    if (this.#local.size > 0) this.#local = new Map();
    this.#isLocalSparse = false;
  }
}
