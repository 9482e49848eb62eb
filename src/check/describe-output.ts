import { isUtf8 } from 'node:buffer';
import { digestOf } from '../system/digest.js';
import type { Field } from './field.js';
import { htmlNodes } from './html-nodes.js';
import { parseJsonBody } from './parse-json-body.js';

/** More lines than this are compared as bytes. */
const mostLines = 20_000;

const startBytes = 16;

/**
 * Output as a field that can be compared: JSON by value, HTML by node, other text by line, anything else by its bytes.
 * JSON and HTML are what the content type says they are.
 */
export function describeOutput(bytes: Buffer, contentType = ''): Field {
  if (!isUtf8(bytes) || bytes.includes(0)) return describeBinary(bytes);
  const text = bytes.toString('utf8');
  const json = parseJsonBody(text, contentType);
  if (json !== undefined) return json;
  const nodes = /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType)
    ? htmlNodes(text, mostLines)
    : undefined;
  if (nodes !== undefined) return { kind: 'lines', unit: 'node', lines: nodes };
  const lines = text.split('\n', mostLines + 1);
  return lines.length > mostLines ? describeBinary(bytes) : { kind: 'lines', unit: 'line', lines };
}

/** What a program printed for people, by line, without blank ones; the end of it when there is much. */
export function describeLog(text: string): Field {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { kind: 'log', lines: lines.slice(-mostLines) };
}

function describeBinary(bytes: Buffer): Field {
  return {
    kind: 'binary',
    digest: digestOf(bytes),
    sizeBytes: bytes.length,
    start: bytes.subarray(0, startBytes).toString('hex'),
  };
}
