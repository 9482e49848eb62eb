import type { Digest } from '../system/digest.js';

/** One thing about an answer that can be compared, in the form that says how. */
export type Field =
  /** One of a few words: a status, an exit code. What the slim image says must be one that the original said. */
  | { readonly kind: 'choice'; readonly value: string }
  /** One line of text: a header. */
  | { readonly kind: 'text'; readonly text: string }
  /** Text by line, or HTML by node: a tag with its attributes, or a text. */
  | { readonly kind: 'lines'; readonly unit: 'line' | 'node'; readonly lines: readonly string[] }
  /** A JSON value, by structure and value. */
  | { readonly kind: 'json'; readonly value: unknown }
  | {
      readonly kind: 'binary';
      readonly digest: Digest;
      readonly sizeBytes: number;
      /** The first bytes in hexadecimal: most formats begin with a word of their own. */
      readonly start: string;
    }
  /** What was printed for people: only lines that no run of the original printed count. */
  | { readonly kind: 'log'; readonly lines: readonly string[] };

/** Fields by name: `status`, `header etag`, `body`, `stdout` … */
export type Fields = Readonly<Record<string, Field>>;

export function choice(value: string | number): Field {
  return { kind: 'choice', value: String(value) };
}
