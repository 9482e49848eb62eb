import { splitCommand } from '../../check/parse-check.js';
import type { ConfigKey, ConfigKeys } from '../../schema/config-key.js';
import type { YamlEntry, YamlNode } from '../../schema/yaml.js';
import type { ScenarioFlags } from '../flags.js';
import type { SlimmingFlags } from '../slim-run.js';
import { problemOfFlags } from './check-setting.js';
import { place } from './places.js';
import { complain, complainOfKey, type Reader, readMap, readText } from './reader.js';
import { readSetting, type SettingRules } from './settings.js';

/** What is said about an image, or in `defaults`; what is not said is not there. */
export interface Settings {
  readonly image?: string | undefined;
  /** What replaces the image's command. */
  readonly command?: readonly string[] | undefined;
  /** By the attributes of the flags. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What holds for all scenarios. */
  readonly run: Readonly<Record<string, unknown>>;
  readonly scenarios?: readonly ScenarioFlags[] | undefined;
}

/** What the reading of settings depends on. */
export interface SettingsContext {
  readonly keys: ConfigKeys;
  /** What `slim` has when no flag is given. */
  readonly unset: SlimmingFlags;
  /** The configuration's directory. */
  readonly directory: string;
}

/** Reads the settings of an image, or those of `defaults`, which name none. */
export function readSettings(
  reader: Reader,
  node: YamlNode,
  what: string,
  context: SettingsContext,
  isDefaults: boolean,
): Settings {
  const { keys, directory } = context;
  const sections = [...(isDefaults ? [] : ['image']), 'scenarios', 'budgets'];
  const flags: Record<string, unknown> = {};
  const run: Record<string, unknown> = {};
  let image: string | undefined;
  let command: readonly string[] | undefined;
  let scenarios: readonly ScenarioFlags[] | undefined;
  for (const entry of readMap(reader, node, what)) {
    const key = keys.image.find(({ name }) => name === entry.key);
    if (entry.key === 'image' && !isDefaults) {
      const reference = readText(reader, entry.value, 'image');
      image = reference === undefined ? undefined : place(reference, 'image', directory);
    } else if (entry.key === 'scenarios') {
      scenarios = readMap(reader, entry.value, 'scenarios').map((scenario) => readScenario(reader, scenario, context));
    } else if (entry.key === 'budgets') {
      Object.assign(flags, readSection(reader, entry.value, 'budgets', keys.budgets, checkOfFlag(context)));
    } else if (key === undefined) {
      const known = [...sections, ...keys.image.map(({ name }) => name)];
      complainOfKey(reader, entry, known, [['budgets', keys.budgets]]);
    } else if (key.name === 'command') {
      command = readCommand(readSetting(reader, key, entry.value, checkOfFlag(context)));
    } else {
      const isOfRun = keys.scenario.some(({ name }) => name === key.name);
      const rules = isOfRun ? checkOfRun(context) : checkOfFlag(context);
      (isOfRun ? run : flags)[key.attribute] = readSetting(reader, key, entry.value, rules);
    }
  }
  return { image, command, flags: said(flags), run: said(run), scenarios };
}

/** The values of a section that has nothing but keys. */
export function readSection(
  reader: Reader,
  node: YamlNode,
  what: string,
  keys: readonly ConfigKey[],
  rules: SettingRules,
  /** Keys that are read elsewhere. */
  others: readonly string[] = [],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const entry of readMap(reader, node, what)) {
    const key = keys.find(({ name }) => name === entry.key);
    if (key === undefined) {
      complainOfKey(reader, entry, [...keys.map(({ name }) => name), ...others]);
    } else values[key.attribute] = readSetting(reader, key, entry.value, rules);
  }
  return said(values);
}

function readScenario(reader: Reader, { key, at, value }: YamlEntry, context: SettingsContext): ScenarioFlags {
  const problem = problemOfFlags({ ...context.unset, runs: [{}, { scenario: key }] });
  if (problem !== undefined) complain(reader, at, problem);
  const { keys } = context;
  // A scenario that says nothing runs as all do.
  const isEmpty = value.kind === 'scalar' && value.value === null;
  const own = isEmpty ? {} : readSection(reader, value, `scenario ${key}`, keys.scenario, checkOfRun(context));
  return { ...switchedOff(own), scenario: key };
}

function checkOfFlag({ unset, directory }: SettingsContext) {
  const problemOf = ({ attribute }: ConfigKey, value: unknown) => problemOfFlags({ ...unset, [attribute]: value });
  return { directory, problemOf };
}

function checkOfRun({ unset, directory }: SettingsContext) {
  const problemOf = ({ attribute }: ConfigKey, value: unknown) =>
    problemOfFlags({ ...unset, runs: [{ [attribute]: value }] });
  return { directory, problemOf };
}

function readCommand(value: unknown): readonly string[] | undefined {
  return typeof value === 'string' ? splitCommand(value, 'command') : (value as readonly string[] | undefined);
}

function said(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** A switch of a run that is off is one that isn't given. */
function switchedOff(run: Readonly<Record<string, unknown>>): ScenarioFlags {
  return Object.fromEntries(Object.entries(run).filter(([, value]) => value !== false));
}

/** An image's settings over the defaults: a key that is said takes the place of the default, lists whole. */
export function withDefaults(settings: Settings, defaults: Settings): Settings {
  return {
    image: settings.image,
    command: settings.command ?? defaults.command,
    flags: { ...defaults.flags, ...settings.flags },
    run: { ...defaults.run, ...settings.run },
    scenarios: settings.scenarios ?? defaults.scenarios,
  };
}

/** The flags as commander would have them, had they been given. */
export function flagsOf(settings: Settings, { unset, keys }: SettingsContext): SlimmingFlags {
  const flags: Record<string, unknown> = { ...unset };
  const all = [...keys.image, ...keys.budgets];
  for (const [attribute, value] of Object.entries(settings.flags)) {
    const isPlainSwitch = all.some((key) => key.attribute === attribute && key.default === undefined);
    if (value === false && isPlainSwitch) delete flags[attribute];
    else flags[attribute] = value;
  }
  flags.runs = [switchedOff(settings.run), ...(settings.scenarios ?? [])];
  // Commander's own values have no more of a type than these.
  return flags as unknown as SlimmingFlags;
}
