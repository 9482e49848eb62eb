import type { Field } from '../field.js';
import type { Effort } from './effort.js';
import { learnJson, showJson } from './json-pattern.js';
import { learnLines, learnText } from './lines-pattern.js';
import type { Pattern } from './pattern.js';

/** Learns what varies in a field; `undefined` is a run of the original that doesn't have it. */
export function learnField(
  name: string,
  fields: readonly (Field | undefined)[],
  effort: Effort,
): Pattern<Field | undefined> {
  const present = fields.flatMap((field) => field ?? []);
  const isOptional = present.length < fields.length;
  const kinds = [...new Set(present.map(kindOf))].sort();
  const patterns = new Map(
    kinds.map((kind) => [
      kind,
      learnKind(
        name,
        present.filter((field) => kindOf(field) === kind),
        effort,
      ),
    ]),
  );
  const shown = () => present.map(showField).sort()[0];
  return {
    masks: [
      ...(isOptional && present.some(({ kind }) => kind !== 'log') ? [`${name}: there or not`] : []),
      ...(kinds.length > 1 ? [`${name}: its form`] : []),
      ...kinds.flatMap((kind) => patterns.get(kind)?.masks ?? []),
    ],
    differences: (slim) => {
      if (slim === undefined) return isOptional ? [] : [{ field: name, original: shown(), slim: undefined }];
      const pattern = patterns.get(kindOf(slim));
      return pattern?.differences(slim) ?? [{ field: name, original: shown(), slim: showField(slim) }];
    },
  };
}

/** Fields of another kind are never alike. */
function kindOf(field: Field): string {
  return field.kind === 'lines' ? field.unit : field.kind;
}

/** All of `fields` are of the same kind, as are those the pattern is given. */
function learnKind(name: string, fields: readonly Field[], effort: Effort): Pattern<Field> {
  const of = <Kind extends Field['kind']>(kind: Kind) =>
    fields.filter((field): field is Extract<Field, { kind: Kind }> => field.kind === kind);
  const [first] = fields;
  switch (first?.kind) {
    case 'choice':
      return learnChoice(name, of('choice'));
    case 'text': {
      const texts = of('text').map(({ text }) => text);
      const pattern = learnText(name, texts, effort);
      return { masks: pattern.masks, differences: (slim) => pattern.differences((slim as Of<'text'>).text) };
    }
    case 'lines': {
      const texts = of('lines').map(({ lines }) => lines);
      const pattern = learnLines(name, first.unit, texts, effort);
      return { masks: pattern.masks, differences: (slim) => pattern.differences((slim as Of<'lines'>).lines) };
    }
    case 'json': {
      const values = of('json').map(({ value }) => value);
      const pattern = learnJson(`${name} $`, values, effort);
      return { masks: pattern.masks, differences: (slim) => pattern.differences((slim as Of<'json'>).value) };
    }
    case 'binary':
      return learnBinary(name, of('binary'));
    default:
      return learnLog(name, of('log'), effort);
  }
}

type Of<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>;

function learnChoice(name: string, choices: readonly Of<'choice'>[]): Pattern<Field> {
  const values = [...new Set(choices.map(({ value }) => value))].sort();
  return {
    masks: values.length > 1 ? [`${name}: one of ${values.join(', ')}`] : [],
    differences: (slim) => {
      const { value } = slim as Of<'choice'>;
      return values.includes(value) ? [] : [{ field: name, original: values.join(' or '), slim: value }];
    },
  };
}

/** Four bytes that are the same in runs that differ are a format's mark, not luck. */
const markLength = 8;

/** What varies has at least to be there, of the same format, and of the same length if that is always the same. */
function learnBinary(name: string, bodies: readonly Of<'binary'>[]): Pattern<Field> {
  const digests = new Set(bodies.map(({ digest }) => digest));
  const sizes = [...new Set(bodies.map(({ sizeBytes }) => sizeBytes))].sort((left, right) => left - right);
  const [start = ''] = bodies.map((body) => body.start.slice(0, markLength));
  const hasMark = start.length === markLength && bodies.every((body) => body.start.startsWith(start));
  const original = bodies.map(showField).sort()[0];
  const isVarying = digests.size > 1;
  const fits = (slim: Of<'binary'>) => {
    if (digests.has(slim.digest)) return true;
    if (!isVarying) return false;
    if (hasMark && !slim.start.startsWith(start)) return false;
    return sizes.length === 1 ? slim.sizeBytes === sizes[0] : slim.sizeBytes > 0 || sizes[0] === 0;
  };
  return {
    masks: isVarying ? [`${name}: its bytes${sizes.length > 1 ? ' and their number' : ''}`] : [],
    differences: (slim) => (fits(slim as Of<'binary'>) ? [] : [{ field: name, original, slim: showField(slim) }]),
  };
}

/** A line counts when no run of the original printed one like it; that lines are missing says nothing. */
function learnLog(name: string, logs: readonly Of<'log'>[], effort: Effort): Pattern<Field> {
  const texts = logs.map(({ lines }) => lines);
  const pattern = learnLines(name, 'line', texts, effort);
  return {
    masks: [],
    differences: (slim) =>
      (slim as Of<'log'>).lines
        .filter((line) => !pattern.hasPlaceFor(line))
        .map((line) => ({ field: name, original: undefined, slim: line })),
  };
}

const longestShown = 1000;

function showField(field: Field): string {
  const text = showWhole(field);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function showWhole(field: Field): string {
  switch (field.kind) {
    case 'choice':
      return field.value;
    case 'text':
      return field.text;
    case 'lines':
    case 'log':
      return field.lines.slice(0, longestShown).join('\n');
    case 'json':
      return showJson(field.value);
    case 'binary':
      return `${field.sizeBytes} bytes, ${field.digest}`;
  }
}
