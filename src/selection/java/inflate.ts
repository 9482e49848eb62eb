const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const maxBits = 15;

/** A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
interface HuffmanCode {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/**
 * Raw DEFLATE data (RFC 1951) as it was, at most `maxBytes` of it. Undefined for what is broken or longer. Here because
 * a selection is pure: it knows nothing but bytes.
 */
export function inflate(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
  return new Inflater(data, maxBytes).run();
}

class Inflater {
  readonly #data: Uint8Array;
  readonly #maxBytes: number;
  #out: Uint8Array;
  #length = 0;
  #at = 0;
  #bits = 0;
  #bitCount = 0;

  constructor(data: Uint8Array, maxBytes: number) {
    this.#data = data;
    this.#maxBytes = maxBytes;
    this.#out = new Uint8Array(Math.min(maxBytes, Math.max(1024, data.length * 4)));
  }

  run(): Uint8Array | undefined {
    for (let isLast = false; !isLast; ) {
      isLast = this.#take(1) === 1;
      const type = this.#take(2);
      const isGood =
        type === 0
          ? this.#stored()
          : type === 1
            ? this.#coded(fixedLiterals, fixedDistances)
            : type === 2 && this.#dynamic();
      if (!isGood) return undefined;
    }
    return this.#out.subarray(0, this.#length);
  }

  /** The next bits, the lowest first; zeros behind the end, where the caller sees that nothing is left. */
  #take(count: number): number {
    while (this.#bitCount < count) {
      this.#bits |= (this.#data[this.#at] ?? 0) << this.#bitCount;
      this.#at += 1;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  get #isOverrun(): boolean {
    return this.#at > this.#data.length + 4;
  }

  #stored(): boolean {
    this.#at -= this.#bitCount >> 3;
    this.#bits = 0;
    this.#bitCount = 0;
    const length = (this.#data[this.#at] ?? 0) | ((this.#data[this.#at + 1] ?? 0) << 8);
    const start = this.#at + 4;
    this.#at = start + length;
    if (this.#at > this.#data.length || !this.#makeRoom(length)) return false;
    this.#out.set(this.#data.subarray(start, this.#at), this.#length);
    this.#length += length;
    return true;
  }

  #dynamic(): boolean {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const codeCount = this.#take(4) + 4;
    const lengths = new Uint8Array(19);
    for (let index = 0; index < codeCount; index += 1) lengths[codeLengthOrder[index] ?? 0] = this.#take(3);
    const code = huffmanCode(lengths);
    const all = new Uint8Array(literalCount + distanceCount);
    for (let index = 0; index < all.length; ) {
      const symbol = this.#decode(code);
      if (symbol < 0 || this.#isOverrun) return false;
      if (symbol < 16) {
        all[index++] = symbol;
        continue;
      }
      const value = symbol === 16 ? (all[index - 1] ?? 0) : 0;
      const repeat = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      for (let left = repeat; left > 0 && index < all.length; left -= 1) all[index++] = value;
    }
    return this.#coded(huffmanCode(all.subarray(0, literalCount)), huffmanCode(all.subarray(literalCount)));
  }

  #coded(literals: HuffmanCode, distances: HuffmanCode): boolean {
    for (;;) {
      const symbol = this.#decode(literals);
      if (symbol < 0 || this.#isOverrun) return false;
      if (symbol === 256) return true;
      if (symbol < 256) {
        if (!this.#makeRoom(1)) return false;
        this.#out[this.#length++] = symbol;
      } else if (!this.#copy(symbol - 257, distances)) return false;
    }
  }

  #copy(index: number, distances: HuffmanCode): boolean {
    const base = lengthBase[index];
    if (base === undefined) return false;
    const length = base + this.#take(lengthExtra[index] ?? 0);
    const symbol = this.#decode(distances);
    const start = distanceBase[symbol];
    if (start === undefined) return false;
    const distance = start + this.#take(symbol < 2 ? 0 : (symbol >> 1) - 1);
    if (distance > this.#length || !this.#makeRoom(length)) return false;
    for (let left = length; left > 0; left -= 1) {
      this.#out[this.#length] = this.#out[this.#length - distance] ?? 0;
      this.#length += 1;
    }
    return true;
  }

  /** The next symbol; -1 for bits that are no code. */
  #decode({ counts, symbols }: HuffmanCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= maxBits; length += 1) {
      code |= this.#take(1);
      const count = counts[length] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? -1;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  #makeRoom(length: number): boolean {
    const needed = this.#length + length;
    if (needed > this.#maxBytes) return false;
    if (needed > this.#out.length) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#out.length * 2)));
      larger.set(this.#out.subarray(0, this.#length));
      this.#out = larger;
    }
    return true;
  }
}

function huffmanCode(lengths: Uint8Array): HuffmanCode {
  const counts = new Uint16Array(maxBits + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const offsets = new Uint16Array(maxBits + 2);
  for (let length = 1; length <= maxBits; length += 1)
    offsets[length + 1] = (offsets[length] ?? 0) + (counts[length] ?? 0);
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[offsets[length] ?? 0] = symbol;
    offsets[length] = (offsets[length] ?? 0) + 1;
  });
  return { counts, symbols };
}

const fixedLiterals = huffmanCode(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const fixedDistances = huffmanCode(new Uint8Array(30).fill(5));
