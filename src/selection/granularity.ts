import { SlimtraceError } from '../errors.js';

/** How much comes along with a file that is kept: itself, its directory, or the package it belongs to. */
export const granularities = ['file', 'directory', 'package'] as const;

export type Granularity = (typeof granularities)[number];

/** The granularity of each path: the last override whose pattern matches it, else the default. */
export interface GranularityPlan {
  readonly default: Granularity;
  readonly overrides: readonly { readonly pattern: string; readonly granularity: Granularity }[];
}

/** Parses the values of `--granularity`: `package` for all paths, `/opt/app/**=directory` for some. Throws `usage`. */
export function parseGranularity(values: readonly string[]): GranularityPlan {
  let fallback: Granularity = 'file';
  const overrides: { pattern: string; granularity: Granularity }[] = [];
  for (const value of values) {
    const [, pattern, word = ''] = /^(?:(.+)=)?([^=]*)$/s.exec(value) ?? [];
    const granularity = granularities.find((known) => known === word);
    if (granularity === undefined)
      throw new SlimtraceError('usage', {
        problem: `--granularity ${JSON.stringify(value)} is not file, directory or package`,
        hint: 'for example --granularity package, or --granularity "/opt/app/**=directory"',
      });
    if (pattern === undefined) fallback = granularity;
    else overrides.push({ pattern, granularity });
  }
  return { default: fallback, overrides };
}

/** True when nothing ever comes along with a kept file: then nobody needs to know the image's packages. */
export function isFileOnly({ default: fallback, overrides }: GranularityPlan): boolean {
  return fallback === 'file' && overrides.every(({ granularity }) => granularity === 'file');
}
