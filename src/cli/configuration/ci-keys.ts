import type { Phase } from '../../events.js';
import type { ConfigKey } from '../../schema/config-key.js';

/** What a deadline can be given for: a phase of one image's work, or all of it. */
export type DeadlineName = Phase | 'total';

/** What `ci` says in the configuration, each value as its flag would be given; undefined: not said. */
export interface CiSettings {
  readonly concurrency: string | undefined;
  readonly failFast: boolean | undefined;
  /** Where finished images are remembered for `--resume`. */
  readonly state: string | undefined;
  /** Where the last accepted sizes are. */
  readonly accepted: string | undefined;
  readonly deadlines: Readonly<Partial<Record<DeadlineName, string>>>;
  readonly platform: string | undefined;
  readonly report: string | undefined;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  readonly junit: string | undefined;
  readonly metrics: string | undefined;
  readonly dotenv: string | undefined;
}

/** `ci` in the configuration, without `deadlines`. */
export const ciKeys: readonly ConfigKey[] = [
  {
    name: 'concurrency',
    attribute: 'concurrency',
    shape: 'text',
    description: 'how many images at once',
    default: '2',
  },
  {
    name: 'fail-fast',
    attribute: 'failFast',
    shape: 'switch',
    description: 'begin no further image after one that failed',
    default: false,
  },
  {
    name: 'state',
    attribute: 'state',
    shape: 'text',
    description: 'file that remembers which images passed, for --resume',
    place: 'file',
  },
  {
    name: 'accepted',
    attribute: 'accepted',
    shape: 'text',
    description: 'file of the last accepted sizes',
    place: 'file',
  },
  {
    name: 'platform',
    attribute: 'platform',
    shape: 'text',
    description: 'whose outputs are written; auto: by the environment',
    choices: ['auto', 'github', 'gitlab', 'plain'],
    default: 'auto',
  },
  { name: 'report', attribute: 'report', shape: 'text', description: 'write the report (JSON)', place: 'file' },
  {
    name: 'markdown',
    attribute: 'markdown',
    shape: 'text',
    description: 'write a summary for a pull request',
    place: 'file',
  },
  { name: 'html', attribute: 'html', shape: 'text', description: 'directory for an HTML page each', place: 'file' },
  { name: 'junit', attribute: 'junit', shape: 'text', description: 'write the checks as JUnit XML', place: 'file' },
  {
    name: 'metrics',
    attribute: 'metrics',
    shape: 'text',
    description: 'write the sizes as OpenMetrics',
    place: 'file',
  },
  {
    name: 'dotenv',
    attribute: 'dotenv',
    shape: 'text',
    description: 'write the results as variables, NAME=VALUE a line',
    place: 'file',
  },
];

const deadlineWords: Readonly<Record<DeadlineName, string>> = {
  read: 'reading the archive',
  open: 'opening the image and listing its files',
  baseline: 'running the original',
  trace: 'running it under the trace',
  select: 'selecting files',
  build: 'building the slim image',
  verify: 'running the slim image',
  total: 'all of one image',
};

/** `ci.deadlines`. */
export const deadlineKeys: readonly ConfigKey[] = Object.entries(deadlineWords).map(([name, words]) => ({
  name,
  attribute: name,
  shape: 'text',
  description: `longest time for ${words}: seconds, or 90s, 5m`,
}));
