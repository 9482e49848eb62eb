import { comparePaths } from './file-tree.js';
import type { ImageConfig, Platform } from './image.js';

/** One field of the config that isn't the same; environment variables and labels are fields of their own. */
export interface ConfigDifference {
  /** `User`, `Env PATH`, `Labels maintainer`, `Platform` … */
  readonly field: string;
  /** Text as it is, anything else as JSON; `undefined`: not there, or empty, which means the same. */
  readonly original: string | undefined;
  readonly slim: string | undefined;
}

interface Configured {
  readonly config: ImageConfig;
  readonly platform: Platform;
}

/** Compares what two images tell an engine to do; fields we don't know are compared like any other. Sorted by field. */
export function diffConfigs(original: Configured, slim: Configured): ConfigDifference[] {
  const before = fieldsOf(original);
  const after = fieldsOf(slim);
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort(comparePaths)
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => ({ field, original: before.get(field), slim: after.get(field) }));
}

function fieldsOf({ config, platform }: Configured): Map<string, string> {
  const { Env, Labels, ...others } = config;
  const { os, architecture, variant } = platform;
  const fields = new Map([['Platform', [os, architecture, variant].filter(Boolean).join('/')]]);
  for (const variable of Env ?? []) {
    const cut = variable.indexOf('=');
    fields.set(`Env ${cut < 0 ? variable : variable.slice(0, cut)}`, cut < 0 ? '' : variable.slice(cut + 1));
  }
  for (const [label, value] of Object.entries(Labels ?? {})) fields.set(`Labels ${label}`, String(value));
  for (const [field, value] of Object.entries(others))
    if (!isEmpty(value)) fields.set(field, typeof value === 'string' ? value : stableJson(value));
  return fields;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** JSON whose keys are sorted: ports and volumes are sets, written in any order. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => comparePaths(left, right)))
      : part,
  );
}
