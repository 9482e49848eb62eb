import type { Field } from './field.js';

/** A value with more parts, or parts deeper within each other, is compared as text. */
const mostParts = 50_000;
const deepest = 100;

/**
 * A body as a JSON value, when its content type says so: one (RFC 8259, `+json` of RFC 6839), or a list of the lines of
 * NDJSON and JSON Lines. Undefined when it is none, or too large to be compared by value.
 */
export function parseJsonBody(text: string, contentType: string): Field | undefined {
  if (/[/+]json\b/i.test(contentType)) return parsed(() => JSON.parse(text));
  if (!/\/(?:x-)?(?:ndjson|jsonlines|json-?lines|jsonl)\b/i.test(contentType)) return undefined;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return parsed(() => lines.map((line) => JSON.parse(line)));
}

function parsed(parse: () => unknown): Field | undefined {
  try {
    const value = parse();
    return isComparable(value) ? { kind: 'json', value } : undefined;
  } catch {
    return undefined; // says it is JSON and isn't
  }
}

function isComparable(root: unknown): boolean {
  const pending: [value: unknown, depth: number][] = [[root, 0]];
  for (let count = 0; pending.length > 0; count++) {
    const [value, depth] = pending.pop() ?? [undefined, 0];
    if (count > mostParts || depth > deepest) return false;
    if (typeof value !== 'object' || value === null) continue;
    // One by one: a list may have more elements than a call takes arguments.
    for (const child of Object.values(value)) pending.push([child, depth + 1]);
  }
  return true;
}
