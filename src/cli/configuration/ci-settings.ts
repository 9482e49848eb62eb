import type { ConfigKey } from '../../schema/config-key.js';
import type { YamlMap, YamlNode } from '../../schema/yaml.js';
import { parseConcurrency, parseDeadlines } from '../ci/ci-options.js';
import { problemOf } from './check-setting.js';
import type { CiSettings } from './ci-keys.js';
import { readSection, type SettingsContext } from './image-settings.js';
import { type Reader, readMap } from './reader.js';

/** Reads `ci`; what isn't said is undefined. */
export function readCi(reader: Reader, node: YamlNode | undefined, { keys, directory }: SettingsContext): CiSettings {
  // What is wrong with it matters to `slimtrace ci` alone; a variable of it need not be set elsewhere.
  const own = { ...reader, image: ' ci' };
  const entries = node === undefined ? [] : readMap(own, node, 'ci');
  const rest: YamlMap = {
    kind: 'map',
    at: node?.at ?? { line: 1, column: 1 },
    entries: entries.filter(({ key }) => key !== 'deadlines'),
  };
  const values = readSection(own, rest, 'ci', keys.ci, { directory, problemOf: problemOfCi }, ['deadlines']);
  const deadlines = entries.find(({ key }) => key === 'deadlines')?.value;
  const read =
    deadlines === undefined
      ? {}
      : readSection(own, deadlines, 'deadlines', keys.deadlines, { directory, problemOf: problemOfDeadline });
  return { ...unsaid, ...values, deadlines: read };
}

const unsaid: CiSettings = {
  concurrency: undefined,
  failFast: undefined,
  state: undefined,
  accepted: undefined,
  deadlines: {},
  platform: undefined,
  report: undefined,
  markdown: undefined,
  html: undefined,
  junit: undefined,
  metrics: undefined,
  dotenv: undefined,
};

function problemOfCi({ name }: ConfigKey, value: unknown): string | undefined {
  return name === 'concurrency' ? problemOf(() => parseConcurrency(String(value))) : undefined;
}

function problemOfDeadline({ name }: ConfigKey, value: unknown): string | undefined {
  return problemOf(() => parseDeadlines([`${name}=${value}`]));
}
