import type { IncomingHttpHeaders } from 'node:http';
import { choice, type Field } from './field.js';

/** Headers that say when, or how it was sent, and nothing of the answer: never compared. */
const volatileHeaders = new Set(['date', 'expires', 'age', 'connection', 'keep-alive', 'transfer-encoding']);

/** Headers that say how long it took: only that they are there is compared. */
const timingHeaders = new Set(['server-timing', 'x-response-time', 'x-runtime', 'x-process-time']);

/**
 * Headers that follow from the body: where it varies, so do they, though they may have been alike by luck (a length that
 * was the same twice).
 */
export const bodyHeaders: readonly string[] = [
  'content-length',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
];

/** The headers of an answer that are compared, as fields: `header etag`; cookies by name and attribute. */
export function describeHeaders(headers: IncomingHttpHeaders): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !volatileHeaders.has(name))
      .map(([name, value]) => [`header ${name}`, describeHeader(name, value)]),
  );
}

function describeHeader(name: string, value: string | string[] | undefined): Field {
  if (name === 'set-cookie') return { kind: 'json', value: Object.fromEntries([value ?? []].flat().map(readCookie)) };
  return timingHeaders.has(name) ? choice('there') : { kind: 'text', text: String(value) };
}

type Cookie = readonly [name: string, attributes: Readonly<Record<string, string>>];

/** One `Set-Cookie` (RFC 6265, 5.2). When it expires is told only as far as it is not a time of today. */
function readCookie(text: string): Cookie {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const [name, value] = splitPair(pair);
  return [
    name,
    Object.fromEntries([
      ['value', value],
      ...attributes.map((attribute) => {
        const [key, setting] = splitPair(attribute);
        return [key.toLowerCase(), key.toLowerCase() === 'expires' ? describeExpiry(setting) : setting];
      }),
    ]),
  ];
}

function splitPair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** A cookie is deleted by a date in the past, mostly that of 1970. */
function describeExpiry(date: string): string {
  const atMs = Date.parse(date);
  if (Number.isNaN(atMs)) return date;
  return new Date(atMs).getUTCFullYear() < 2001 ? 'long past' : 'a date';
}
