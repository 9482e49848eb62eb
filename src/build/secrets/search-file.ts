import { describePrivateKey, longestKeyBytes, pgpKeyNeedle, privateKeyNeedle } from './private-key.js';
import { isPlausible, tokenFormats, tokenReach } from './token-formats.js';

/** What was found in a file, and where. */
export interface Finding {
  readonly what: string;
  /** In bytes. */
  readonly offset: number;
}

/** A file that is read piece by piece. */
export interface Readable {
  readonly sizeBytes: number;
  read(offset: number, length: number): Uint8Array;
}

interface Probe {
  readonly needle: Buffer;
  /** In words, when there is a secret around `at`. */
  readonly describe: (window: Buffer, at: number) => string | undefined;
}

const chunkBytes = 4 * 1024 * 1024;
const before = 64;
/** So many false starts are no secret but a file made to keep us busy. */
const mostFalseStarts = 20_000;

const privateKeyProbes = [privateKeyNeedle, pgpKeyNeedle].map(
  (needle): Probe => ({ needle: Buffer.from(needle), describe: describePrivateKey }),
);

const tokenProbes = [...new Set(tokenFormats.map(({ needle }) => needle))].map((needle): Probe => {
  const formats = tokenFormats.filter((format) => format.needle === needle);
  return {
    needle: Buffer.from(needle),
    describe(window, at) {
      const text = window.toString('latin1', Math.max(0, at - tokenReach.before), at + tokenReach.after);
      return formats.find(({ pattern }) => text.match(pattern)?.some(isPlausible))?.what;
    },
  };
});

const probes: readonly Probe[] = [...privateKeyProbes, ...tokenProbes];

/**
 * Looks for private keys and tokens in a file's bytes, text or not. Of each kind the first is told. The caller gets a
 * pause between pieces.
 */
export function* searchFile(file: Readable): Generator<Finding | undefined> {
  const found = new Set<string>();
  const falseStarts = new Map<Probe, number>();
  for (let at = 0; at < file.sizeBytes; at += chunkBytes) {
    const start = Math.max(0, at - before);
    const window = asBuffer(file.read(start, at - start + chunkBytes + longestKeyBytes));
    const end = Math.min(window.length, at - start + chunkBytes);
    for (const probe of probes) {
      for (const finding of searchWindow(probe, window, { from: at - start, end }, falseStarts)) {
        if (found.has(finding.what)) continue;
        found.add(finding.what);
        yield { what: finding.what, offset: start + finding.offset };
      }
    }
    yield undefined;
  }
}

function* searchWindow(
  probe: Probe,
  window: Buffer,
  { from, end }: { readonly from: number; readonly end: number },
  falseStarts: Map<Probe, number>,
): Generator<Finding> {
  let misses = falseStarts.get(probe) ?? 0;
  for (let at = window.indexOf(probe.needle, from); at !== -1 && at < end && misses < mostFalseStarts; ) {
    const what = probe.describe(window, at);
    if (what === undefined) misses += 1;
    else {
      yield { what, offset: at };
      break;
    }
    at = window.indexOf(probe.needle, at + 1);
  }
  falseStarts.set(probe, misses);
}

/** The line that an offset is in, from 1; undefined for what isn't text. */
export function lineOf(file: Readable, offset: number): number | undefined {
  let line = 1;
  for (let at = 0; at < offset; at += chunkBytes) {
    const bytes = asBuffer(file.read(at, Math.min(chunkBytes, offset - at)));
    if (bytes.includes(0)) return undefined;
    for (let next = bytes.indexOf(10); next !== -1; next = bytes.indexOf(10, next + 1)) line += 1;
  }
  return line;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
