import { digestOf } from '../../system/digest.js';
import type { Difference } from '../difference.js';
import type { Effort } from './effort.js';
import { looksWrong } from './error-line.js';
import { learnText } from './lines-pattern.js';
import type { Pattern } from './pattern.js';
import { learnSequence } from './sequence-pattern.js';
import { keyOfLine } from './tokens.js';

/**
 * Learns what varies in JSON values of the same place, called `path`: in a string by its tokens, a number by being one,
 * a list as in a text of lines, an object by its members; everything else, and which types there are, has to stay.
 */
export function learnJson(path: string, values: readonly unknown[], effort: Effort): Pattern<unknown> {
  const groups = new Map<JsonType, unknown[]>();
  for (const value of values) groups.set(typeOf(value), [...(groups.get(typeOf(value)) ?? []), value]);
  const patterns = new Map([...groups].map(([type, group]) => [type, learners[type](path, group, effort)]));
  const original = () => [...new Set(values.map(showJson))].sort()[0];
  return {
    masks: [
      ...(groups.size > 1 ? [`${path}: its type`] : []),
      ...[...patterns].sort(([left], [right]) => (left < right ? -1 : 1)).flatMap(([, { masks }]) => masks),
    ],
    differences: (slim) =>
      patterns.get(typeOf(slim))?.differences(slim) ?? [{ field: path, original: original(), slim: showJson(slim) }],
  };
}

type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';
type Learner = (path: string, values: readonly unknown[], effort: Effort) => Pattern<unknown>;

const learners: Record<JsonType, Learner> = {
  null: () => ({ masks: [], differences: () => [] }),
  boolean: (path, values) => learnScalar(path, values, 'a yes or no', () => true),
  number: (path, values) => {
    const areWhole = values.every(Number.isInteger);
    return learnScalar(path, values, 'a number', (value) => !areWhole || Number.isInteger(value));
  },
  string: (path, values, effort) => {
    const text = learnText(path, values as string[], effort);
    const show = (value: string | undefined) => (value === undefined ? undefined : JSON.stringify(value));
    const differences = (slim: unknown): Difference[] =>
      text
        .differences(slim as string)
        .map((found) => ({ ...found, original: show(found.original), slim: show(found.slim) }));
    return { masks: text.masks, differences };
  },
  array: (path, values, effort) => {
    const kind = {
      name: path,
      keyOf: canonicalKey,
      exactOf: canonicalJson,
      fieldOf: (index: number) => `${path}[${index}]`,
      show: showJson,
      learn: (field: string, items: readonly unknown[]) => learnJson(field, items, effort),
      looksWrong: (item: unknown) => looksWrong(showJson(item)),
    };
    const pattern = learnSequence(values as unknown[][], kind, effort);
    return { masks: pattern.masks, differences: (slim) => pattern.differences(slim as unknown[]) };
  },
  object: (path, values, effort) => learnObject(path, values as JsonObject[], effort),
};

function learnScalar(
  path: string,
  values: readonly unknown[],
  mask: string,
  accepts: (value: unknown) => boolean,
): Pattern<unknown> {
  const [first] = values;
  const isVarying = values.some((value) => value !== first);
  return {
    masks: isVarying ? [`${path}: ${mask}`] : [],
    differences: (slim) =>
      (isVarying ? accepts(slim) : slim === first)
        ? []
        : [{ field: path, original: showJson(first), slim: showJson(slim) }],
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Members that only some of the originals have may be missing, and others of such names may come. */
function learnObject(path: string, objects: readonly JsonObject[], effort: Effort): Pattern<unknown> {
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
  const having = (name: string) => objects.filter((object) => Object.hasOwn(object, name));
  const isOptional = (name: string) => having(name).length < objects.length;
  const members = new Map(
    names.map((name) => {
      const values = having(name).map((object) => object[name]);
      return [name, learnJson(`${path}${member(name)}`, values, effort)];
    }),
  );
  const optional = names.filter(isOptional);
  const optionalKeys = new Set(optional.map(keyOfLine).filter((key) => key.includes('<')));
  const differences = (slim: unknown): Difference[] => {
    const object = slim as JsonObject;
    const lost = names.filter((name) => !Object.hasOwn(object, name) && !isOptional(name));
    return [
      ...lost.map((name) => ({
        field: `${path}${member(name)}`,
        original: showJson(objects[0]?.[name]),
        slim: undefined,
      })),
      ...Object.entries(object).flatMap(([name, value]): readonly Difference[] => {
        const pattern = members.get(name);
        if (pattern !== undefined) return pattern.differences(value);
        if (optionalKeys.has(keyOfLine(name))) return [];
        return [{ field: `${path}${member(name)}`, original: undefined, slim: showJson(value) }];
      }),
    ];
  };
  return {
    masks: [
      ...optional.map((name) => `${path}${member(name)}: there or not`),
      ...[...members.values()].flatMap(({ masks }) => masks),
    ],
    differences,
  };
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}

/** Quoted unless it is plain, so that no key looks like a path of two. */
function member(key: string): string {
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

const longestShown = 1000;

/** A value for people: long ones are cut. */
export function showJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** The same for the same value, in whatever order its members came. */
const canonicalJson = canonicalWith(JSON.stringify);

/** The same for values that differ only in what tends to vary. */
const canonicalKey = canonicalWith((scalar) =>
  typeof scalar === 'number' ? '<number>' : JSON.stringify(typeof scalar === 'string' ? keyOfLine(scalar) : scalar),
);

/** A longer text is told by its digest, so that lists within lists cost no more than their length. */
const longestCanonical = 1000;

function canonicalWith(render: (scalar: unknown) => string): (value: unknown) => string {
  const known = new WeakMap<object, string>();
  const write = (value: object): string => {
    if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
    const members = Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
    return `{${members.join()}}`;
  };
  const canonical = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return render(value);
    const before = known.get(value);
    if (before !== undefined) return before;
    const text = write(value);
    const short = text.length > longestCanonical ? digestOf(text) : text;
    known.set(value, short);
    return short;
  };
  return canonical;
}
