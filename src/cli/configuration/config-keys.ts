import { Command, type Option } from 'commander';
import type { ConfigKey, ConfigKeys, KeyPlace, KeyShape } from '../../schema/config-key.js';
import { addEngineOption, addRunOptions, addSelectionOptions, addSlimOptions, addTimeOptions } from '../options.js';
import { ciKeys, deadlineKeys } from './ci-keys.js';

/** How `slim` is declared, without its action: where the names, words and defaults of the configuration come from. */
export function declareSlimming(): Command {
  return addEngineOption(addSlimOptions(addTimeOptions(addSelectionOptions(addRunOptions(new Command('slim'))))));
}

/** Every flag of `slim` as a key: a flag that is added there has its key by that. */
export function readConfigKeys(): ConfigKeys {
  const { options } = declareSlimming();
  const ofRun = new Set(addRunOptions(new Command()).options.map(({ long }) => long));
  const keysOf = (wanted: (option: Option) => boolean) =>
    mergeNegated(options.filter((option) => option.long !== '--scenario' && wanted(option)).map(keyOf));
  const isBudget = ({ helpGroupHeading = '' }: Option) => helpGroupHeading.startsWith('Budgets');
  return {
    image: [...keysOf((option) => !isBudget(option) && option.long !== '--command'), commandKey],
    scenario: keysOf((option) => ofRun.has(option.long)),
    budgets: keysOf(isBudget),
    ci: ciKeys,
    deadlines: deadlineKeys,
  };
}

/** What is written after `--`. */
const commandKey: ConfigKey = {
  name: 'command',
  attribute: 'command',
  shape: 'words',
  description: 'the command to run, instead of the image’s: one line, or its words',
};

const shapes: Readonly<Record<string, KeyShape>> = {
  '--env': 'list-or-map',
  '--packs': 'packs',
  '--command': 'words',
  '--healthcheck': 'words',
};

/** By the word that `--help` shows for the value. */
const places: Readonly<Record<string, KeyPlace>> = {
  file: 'file',
  archive: 'archive',
  base: 'image',
  prefix: 'prefix',
  volume: 'volume',
};

function keyOf(option: Option): ConfigKey {
  const { long, description, argChoices, defaultValue } = option;
  const [, word = ''] = /[<[](\w+)[>\]]$/.exec(option.flags) ?? [];
  return {
    name: option.name().replace(/^no-/, ''),
    attribute: option.attributeName(),
    shape: shapes[long ?? ''] ?? shapeOf(option),
    description: `${option.negate ? 'false: ' : ''}${description.replace(/; repeatable$/, '')}`,
    choices: argChoices,
    default: option.negate ? true : defaultValue,
    place: places[word],
  };
}

function shapeOf(option: Option): KeyShape {
  if (option.isBoolean() || option.negate) return 'switch';
  if (option.parseArg !== undefined && option.argChoices === undefined) return 'list';
  return option.optional ? 'switch-or-text' : 'text';
}

/** `--certs FILE` and `--no-certs` are one key. */
function mergeNegated(keys: readonly ConfigKey[]): ConfigKey[] {
  const merged = new Map<string, ConfigKey>();
  for (const key of keys) {
    const other = merged.get(key.name);
    const both = other && {
      ...other,
      shape: 'switch-or-text' as const,
      description: `${other.description}; ${key.description}`,
      default: true,
    };
    merged.set(key.name, both ?? key);
  }
  return [...merged.values()];
}
