import type { ConfigKey } from '../../schema/config-key.js';
import type { YamlNode, YamlScalar } from '../../schema/yaml.js';
import { checkPacks } from '../../selection/pack.js';
import { problemOf, problemOfCommand } from './check-setting.js';
import { place } from './places.js';
import {
  complain,
  describe,
  type Placed,
  type Reader,
  readMap,
  readScalar,
  readSwitch,
  readText,
  readTexts,
} from './reader.js';

/** How the values of one section are read. */
export interface SettingRules {
  /** The configuration's directory. */
  readonly directory: string;
  /** What the flag's parser says against one value; undefined: nothing. */
  readonly problemOf: (key: ConfigKey, value: unknown) => string | undefined;
}

/**
 * The value of one key, as commander would have the flag's; false for a switch that is off. What is wrong with it is told,
 * and undefined is returned.
 */
export function readSetting(reader: Reader, key: ConfigKey, node: YamlNode, rules: SettingRules): unknown {
  switch (key.shape) {
    case 'switch':
      return (
        readSwitch(reader, node) ??
        complain(reader, node.at, `${key.name} is true or false, and here is ${describe(node)}`)
      );
    case 'switch-or-text':
      return readSwitch(reader, node) ?? readOne(reader, key, node, rules);
    case 'text':
      return readOne(reader, key, node, rules);
    case 'list':
      return checked(reader, key, readTexts(reader, node, key.name), rules);
    case 'list-or-map':
      return checked(
        reader,
        key,
        node.kind === 'map' ? readPairs(reader, node) : readTexts(reader, node, key.name),
        rules,
      );
    case 'words':
      return readWords(reader, key, node, rules);
    case 'packs':
      return readPacks(reader, key, node, rules);
  }
}

function readOne(reader: Reader, key: ConfigKey, node: YamlNode, rules: SettingRules): string | undefined {
  const value = readText(reader, node, key.name);
  return value === undefined ? undefined : checked(reader, key, [{ at: node.at, value }], rules)[0];
}

/** Those values that the flag would take, relative to the working directory. */
function checked(
  reader: Reader,
  key: ConfigKey,
  values: readonly Placed<string>[],
  { directory, problemOf }: SettingRules,
): string[] {
  return values.flatMap(({ at, value }) => {
    const problem = problemOfChoice(key, value) ?? problemOf(key, key.shape.startsWith('list') ? [value] : value);
    if (problem !== undefined) complain(reader, at, problem);
    const placed = key.place === undefined ? value : place(value, key.place, directory);
    return problem === undefined ? [placed] : [];
  });
}

function problemOfChoice({ name, choices }: ConfigKey, value: string): string | undefined {
  if (choices === undefined || choices.includes(value)) return undefined;
  return `${name} ${JSON.stringify(value)} is not one of ${choices.join(', ')}`;
}

/** `NAME: value`; without a value, the variable is passed on from the environment. */
function readPairs(reader: Reader, node: YamlNode): Placed<string>[] {
  return readMap(reader, node, 'env').flatMap(({ key, at, value: given }) => {
    if (given.kind === 'scalar' && given.value === null) return [{ at, value: key }];
    const value = readText(reader, given, key);
    return value === undefined ? [] : [{ at, value: `${key}=${value}` }];
  });
}

/** A line is the flag's value; a list of words is what the line would come to. */
function readWords(reader: Reader, key: ConfigKey, node: YamlNode, rules: SettingRules): unknown {
  if (node.kind === 'list') {
    const words = readTexts(reader, node, key.name).map(({ value }) => value);
    // The flag takes a JSON array.
    return key.name === 'healthcheck' ? JSON.stringify(words) : words;
  }
  if (key.name !== 'command') return readOne(reader, key, node, rules);
  const line = readText(reader, node, key.name);
  const problem = line === undefined ? undefined : problemOfCommand(line);
  return problem === undefined ? line : complain(reader, node.at, problem);
}

function readPacks(reader: Reader, key: ConfigKey, node: YamlNode, rules: SettingRules): unknown[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind !== 'map') return readOne(reader, key, item, rules) ?? [];
    const pack = plainValue(reader, item);
    const problem = problemOf(() => checkPacks([pack], key.name));
    return problem === undefined ? [pack] : (complain(reader, item.at, problem) ?? []);
  });
}

/** What JSON would have, variables put in. Maps have no prototype, so that no key means anything. */
function plainValue(reader: Reader, node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map((item) => plainValue(reader, item));
  if (node.kind === 'scalar') return plainScalar(reader, node);
  const map: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) map[key] = plainValue(reader, value);
  return map;
}

function plainScalar(reader: Reader, node: YamlScalar): unknown {
  return typeof node.value === 'string' ? readScalar(reader, node, 'packs') : node.value;
}
