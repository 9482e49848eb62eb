import { parseElf } from '../../selection/elf.js';

/** What can be read of a busybox without running it. */
export interface BusyboxFacts {
  /** As it prints it: `1.35.0 (Debian 1:1.35.0-4+b1)`. */
  readonly version: string;
  /** Its commands, in its own order. */
  readonly applets: readonly string[];
}

/** e_machine (elf(5)) by GOARCH name. */
const machines: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

/**
 * Reads the version and the commands of a static busybox for an architecture (GOARCH name), or says in a clause why the
 * bytes are none. The commands are in `applet_names`, a table of strings in order, each ended by a NUL, that busybox
 * searches for the name it was called by (busybox, libbb/appletlib.c).
 */
export function readBusyboxFacts(bytes: Uint8Array, architecture: string): BusyboxFacts | string {
  const elf = parseElf((offset, length) => bytes.subarray(offset, offset + length));
  if (elf === undefined) return 'it is no ELF executable';
  if (elf.machine !== machines[architecture]) return `it is not for ${architecture}`;
  if (elf.interpreter !== undefined || elf.needed.length > 0)
    return 'it is linked with libraries, which the image need not have; it must be static';
  // One character for each byte.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const [, version] = /BusyBox v([\x20-\x7e]{1,80})/.exec(text) ?? [];
  if (version === undefined) return 'it is no busybox';
  const applets = readApplets(text);
  return applets.includes('sh') ? { version, applets } : 'it is a busybox without a shell';
}

const applet = /^[a-z[][a-z0-9[._+-]{0,30}$/;

/** The longest run of names in order around any `sh`. */
function readApplets(text: string): readonly string[] {
  let longest: readonly string[] = [];
  for (let at = text.indexOf('\0sh\0'); at !== -1; at = text.indexOf('\0sh\0', at + 1)) {
    const names = [...namesBefore(text, at), 'sh', ...namesAfter(text, at + 3)];
    if (names.length > longest.length) longest = names;
  }
  return longest;
}

/** @param end where the NUL is that ends the last of them */
function namesBefore(text: string, end: number): readonly string[] {
  const names: string[] = [];
  let next = 'sh';
  for (let stop = end; stop > 0; ) {
    const start = text.lastIndexOf('\0', stop - 1) + 1;
    const name = text.slice(Math.max(start, stop - maxNameLength), stop);
    if (start === 0 || !applet.test(name) || name >= next) break;
    names.unshift(name);
    next = name;
    stop = start - 1;
  }
  return names;
}

/** @param begin where the NUL is that ends the name before them */
function namesAfter(text: string, begin: number): readonly string[] {
  const names: string[] = [];
  let last = 'sh';
  for (let start = begin + 1; ; ) {
    const stop = text.indexOf('\0', start);
    const name = text.slice(start, Math.min(stop, start + maxNameLength));
    if (stop === -1 || !applet.test(name) || name <= last) return names;
    names.push(name);
    last = name;
    start = stop + 1;
  }
}

/** One longer than a name may be. */
const maxNameLength = 32;
