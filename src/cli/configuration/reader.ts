import type { ConfigKey } from '../../schema/config-key.js';
import type { Position, YamlEntry, YamlMap, YamlNode, YamlScalar } from '../../schema/yaml.js';
import { nearestWord } from '../../selection/nearest-word.js';
import { interpolate } from './interpolate.js';
import type { Problem } from './problems.js';

/** Reads parts of a configuration and collects what is wrong with it, to be told at once. */
export interface Reader {
  readonly problems: Problem[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose settings are read. */
  readonly image?: string | undefined;
}

/** Something of a configuration with its place. */
export interface Placed<T> {
  readonly at: Position;
  readonly value: T;
}

/** Notes a problem; returns undefined, for a value that there is not. */
export function complain(reader: Reader, at: Position, message: string): undefined {
  reader.problems.push({ at, message });
}

/** The entries of a map; anything else is a problem and has none. */
export function readMap(reader: Reader, node: YamlNode, what: string): YamlMap['entries'] {
  if (node.kind === 'map') return node.entries;
  complain(reader, node.at, `${what} is a list of keys with values, and here is ${describe(node)}`);
  return [];
}

/** Says what key was probably meant, or where it belongs. */
export function complainOfKey(
  reader: Reader,
  { key, at }: YamlEntry,
  known: readonly string[],
  elsewhere: readonly (readonly [section: string, keys: readonly ConfigKey[]])[] = [],
): void {
  const meant = familiar.get(key) ?? key;
  const near = known.includes(meant) ? meant : nearestWord(key, known);
  for (const [section, keys] of near === undefined ? elsewhere : []) {
    const name = nearestWord(
      key,
      keys.map((other) => other.name),
    );
    if (name !== undefined) {
      const what = name === key ? 'the key' : `unknown key ${JSON.stringify(key)}; did you mean`;
      complain(reader, at, `${what} ${name}${name === key ? ' belongs' : '? It belongs'} below ${section}`);
      return;
    }
  }
  const all = known.length > 12 ? '' : `; known are ${known.join(', ')}`;
  complain(reader, at, `unknown key ${JSON.stringify(key)}${near === undefined ? all : `; did you mean ${near}?`}`);
}

/** What Compose files call it. */
const familiar: ReadonlyMap<string, string> = new Map([
  ['environment', 'env'],
  ['working_dir', 'workdir'],
  ['networks', 'network'],
  ['ports', 'port'],
]);

/** One value as text, with its variables put in. Undefined after a problem. */
export function readText(reader: Reader, node: YamlNode, what: string): string | undefined {
  if (node.kind !== 'scalar') {
    complain(reader, node.at, `${what} takes one value, and here is ${describe(node)}`);
    return undefined;
  }
  if (node.value === null) {
    complain(reader, node.at, `${what} has no value: leave the key out, or give it one`);
    return undefined;
  }
  return readScalar(reader, node, what);
}

/** {@link readText} of what is known to be there. */
export function readScalar(reader: Reader, node: YamlScalar, what: string): string | undefined {
  if (typeof node.value !== 'string') return node.text;
  const read = interpolate(node.value, reader.env);
  if ('text' in read) {
    if (!read.text.includes('\0')) return read.text;
    complain(reader, node.at, `${what} can’t have a NUL in it`);
    return undefined;
  }
  const onlyFor = read.isUnset ? { image: reader.image } : {};
  reader.problems.push({ at: node.at, message: `${what}: ${read.problem}`, ...onlyFor });
  return undefined;
}

/** One text or several, each with its place. */
export function readTexts(reader: Reader, node: YamlNode, what: string): Placed<string>[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const value = readText(reader, item, what);
    return value === undefined ? [] : [{ at: item.at, value }];
  });
}

/** True or false; also as a variable gives them. Undefined after a problem, and for other values. */
export function readSwitch(reader: Reader, node: YamlNode): boolean | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'boolean') return node.value;
  if (typeof node.value !== 'string' || !node.value.includes('$')) return undefined;
  const read = interpolate(node.value, reader.env);
  if (!('text' in read)) return undefined;
  return read.text === 'true' ? true : read.text === 'false' ? false : undefined;
}

/** What stands there, in words. */
export function describe(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map of keys';
  if (node.value === null) return 'nothing';
  return `the ${typeof node.value === 'string' ? 'text' : 'value'} ${JSON.stringify(node.text)}`;
}
