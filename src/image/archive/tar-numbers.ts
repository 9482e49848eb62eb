/** What a numeric field of a tar header says; undefined when it is no number, or none that is held exactly. */
export function parseTarNumber(block: Uint8Array, offset: number, length: number): number | undefined {
  const first = block[offset] ?? 0;
  return (first & 0x80) === 0 ? parseOctal(block, offset, length) : parseBase256(block, offset, length);
}

const space = 0x20;
const zero = 0x30;
const seven = 0x37;

/** Octal digits between spaces or NULs (POSIX.1-2017, pax, "ustar Interchange Format"); a blank field is 0. */
export function parseOctal(block: Uint8Array, offset: number, length: number): number | undefined {
  const end = offset + length;
  let at = offset;
  while (at < end && isBlank(block[at])) at += 1;
  let value = 0;
  for (; at < end && !isBlank(block[at]); at += 1) {
    const digit = block[at] ?? 0;
    if (digit < zero || digit > seven) return undefined;
    value = value * 8 + digit - zero;
  }
  return value; // twelve digits are 36 bits: always exact
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === 0;
}

/** GNU tar's "base-256": big-endian two's complement below the marker bit (GNU tar manual, "Extensions"). */
function parseBase256(block: Uint8Array, offset: number, length: number): number | undefined {
  const isNegative = ((block[offset] ?? 0) & 0x40) !== 0;
  let value = BigInt((block[offset] ?? 0) & 0x7f);
  for (let at = offset + 1; at < offset + length; at += 1) value = (value << 8n) | BigInt(block[at] ?? 0);
  if (isNegative) value -= 1n << BigInt(length * 8 - 1);
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : undefined;
}

/** A PAX number: decimal digits (POSIX.1-2017, pax, "pax Extended Header"). */
export function parsePaxNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A PAX time: decimal seconds since 1970, perhaps negative, perhaps with a fraction. `seconds` is the floor. */
export function parsePaxTime(text: string): { readonly seconds: number; readonly nanoseconds: number } | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const seconds = Number(whole);
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (!Number.isSafeInteger(seconds)) return undefined;
  if (sign === '') return { seconds, nanoseconds };
  return nanoseconds === 0
    ? { seconds: seconds === 0 ? 0 : -seconds, nanoseconds: 0 }
    : { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}
