import { splitCommand } from '../../check/parse-check.js';
import { SlimtraceError } from '../../errors.js';
import { parseTargetName } from '../../image/name.js';
import { parseGranularity } from '../../selection/granularity.js';
import { parseHealRounds, parseScenarios, parseTimes } from '../parse-flags.js';
import { parseHealthcheck, parseResult } from '../parse-result.js';
import type { SlimmingFlags } from '../slim-run.js';

/** The parsers of the flags that need nothing but the flags. Each throws `usage`. */
const parsers: readonly ((flags: SlimmingFlags) => unknown)[] = [
  (flags) => parseScenarios(flags, []),
  parseTimes,
  parseResult,
  parseHealthcheck,
  (flags) => parseHealRounds(flags, new Set()),
  ({ granularity = [] }) => parseGranularity(granularity),
  ({ tag }) => tag !== undefined && parseTargetName(tag),
  ({ debugTag }) => debugTag !== undefined && parseTargetName(debugTag, '--debug-tag'),
];

/** What the flags' own parsers say against these flags, in the words of the configuration; undefined: nothing. */
export function problemOfFlags(flags: SlimmingFlags): string | undefined {
  return problemOf(() => {
    for (const parse of parsers) parse(flags);
  });
}

/** What is wrong with a command line; undefined: nothing. */
export function problemOfCommand(line: string): string | undefined {
  return problemOf(() => splitCommand(line, '--command'));
}

/** What `check` throws as `usage`, with keys for flags; undefined when it doesn't. */
export function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return inKeys(error);
  }
}

/** The words of a failure that the user's settings led to. Throws what is none. */
export function inKeys(error: unknown): string {
  if (!(error instanceof SlimtraceError)) throw error;
  const words = error.message.replace(/--(?:no-)?([a-z][a-z-]+)/g, '$1');
  // A hint that is about flags helps nobody here.
  const { hint = '--' } = error.code === 'usage' ? error.details : { hint: undefined };
  return hint.includes('--') ? words : `${words} (${hint})`;
}
