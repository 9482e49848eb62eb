import { SlimtraceError } from '../../errors.js';

/** Deeper than any manifest or config; what is nested deeper would exhaust the stack of whoever walks it. */
const maxDepth = 64;

/**
 * A value of an archive's JSON, read field by field: what is not as it should be is `archive-invalid` and says where.
 * A field that is null is taken for missing, as Go's encoding/json does, which wrote most of these files.
 */
export class JsonValue {
  readonly #value: unknown;
  /** Where it stands, for messages: `index.json: manifests[0].digest`. */
  readonly where: string;

  private constructor(value: unknown, where: string) {
    this.#value = value ?? undefined;
    this.where = where;
  }

  /** @param source the file that the JSON is in, for messages */
  static parse(bytes: Uint8Array, source: string): JsonValue {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    if (depthOf(text) > maxDepth) throw invalid(`${source} is nested too deeply`);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new SlimtraceError('archive-invalid', { reason: `${source} is not JSON` }, { cause });
    }
    return new JsonValue(value, `${source}:`);
  }

  get isMissing(): boolean {
    return this.#value === undefined;
  }

  get(field: string): JsonValue {
    const object = this.object();
    return new JsonValue(Object.hasOwn(object, field) ? object[field] : undefined, this.#below(field));
  }

  /** The elements of an array; of one that is missing, none. */
  items(): JsonValue[] {
    const value = this.#value ?? [];
    if (!Array.isArray(value)) throw this.#unlike('an array');
    return value.map((item, at) => new JsonValue(item, `${this.where}[${at}]`));
  }

  /** The members of an object by name; of one that is missing, none. */
  members(): [string, JsonValue][] {
    return Object.entries(this.#value === undefined ? {} : this.object()).map(([name, value]) => [
      name,
      new JsonValue(value, this.#below(JSON.stringify(name))),
    ]);
  }

  object(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#unlike('an object');
    return value as Record<string, unknown>;
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.#unlike('a string');
    return this.#value;
  }

  optionalText(): string | undefined {
    return this.isMissing ? undefined : this.text();
  }

  /** A whole number from 0 to 2^53 − 1. */
  count(): number {
    if (!Number.isSafeInteger(this.#value) || (this.#value as number) < 0) throw this.#unlike('a number of bytes');
    return this.#value as number;
  }

  number(): number {
    if (typeof this.#value !== 'number') throw this.#unlike('a number');
    return this.#value;
  }

  flag(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#unlike('true or false');
    return this.#value;
  }

  #below(field: string): string {
    return `${this.where}${this.where.endsWith(':') ? ' ' : '.'}${field}`;
  }

  #unlike(what: string): SlimtraceError {
    return invalid(`${this.where.replace(/:$/, '')} ${this.isMissing ? 'is missing' : `is not ${what}`}`);
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
