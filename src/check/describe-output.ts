import { isUtf8 } from 'node:buffer';
import { digestOf } from '../system/digest.js';

/** More lines or JSON values than this are compared as one digest. */
const maxFields = 5000;

/**
 * Output as comparable fields: JSON by value, text by line, anything else by digest and length; so that one value
 * that varies can be set aside without giving up on the rest.
 */
export function describeOutput(name: string, bytes: Buffer, contentType = ''): Record<string, string> {
  if (!isUtf8(bytes) || bytes.includes(0)) return describeBinary(name, bytes);
  const text = bytes.toString('utf8');
  if (/[/+]json\b/i.test(contentType)) {
    const values = describeJson(name, text);
    if (values !== undefined) return values;
  }
  const lines = text.split('\n');
  if (lines.length > maxFields) return describeBinary(name, bytes);
  return Object.fromEntries(lines.map((line, index) => [`${name} line ${index + 1}`, line]));
}

function describeBinary(name: string, bytes: Buffer): Record<string, string> {
  return { [`${name} length`]: String(bytes.length), [`${name} digest`]: digestOf(bytes) };
}

function describeJson(name: string, text: string): Record<string, string> | undefined {
  const fields: Record<string, string> = {};
  const pending: [string, unknown][] = [];
  try {
    pending.push([`${name} $`, JSON.parse(text)]);
  } catch {
    return undefined; // says it is JSON and isn't: compared as text
  }
  for (let count = 0; pending.length > 0; count++) {
    if (count > maxFields) return undefined;
    const [path, value] = pending.pop() ?? ['', null];
    if (typeof value !== 'object' || value === null) {
      fields[path] = JSON.stringify(value);
      continue;
    }
    const children = Object.entries(value);
    if (children.length === 0) fields[path] = Array.isArray(value) ? '[]' : '{}';
    for (const [key, child] of children)
      pending.push([Array.isArray(value) ? `${path}[${key}]` : `${path}${member(key)}`, child]);
  }
  return fields;
}

/** Quoted unless it is plain, so that no key looks like a path of two. */
function member(key: string): string {
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
