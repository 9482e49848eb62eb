import type { BaseRequest, ResultOptions } from '../build/result-options.js';
import { parseId } from '../build/run-as/accounts.js';
import { SlimtraceError } from '../errors.js';
import type { HealthcheckRequest } from '../healthcheck-request.js';
import type { Scenario } from '../scenario.js';
import type { BudgetFlags, ResultFlags } from './flags.js';
import { parseBudgets } from './parse-budgets.js';

/** What the flags say about the image that is made. Throws `usage`. */
export function parseResult(flags: ResultFlags & BudgetFlags): ResultOptions {
  return {
    base: parseBase(flags.base ?? 'scratch', flags.distrolessFrom ?? ''),
    layers: flags.layers === 'split' ? 'split' : 'single',
    packageRecords: flags.packageRecords !== false,
    sbomInImage: flags.sbomInImage === true,
    user: flags.user === undefined ? undefined : parseUser(flags.user),
    failOnSecrets: parseBudgets(flags).failOn.has('secrets'),
  };
}

/** `keep`, `none`, a line for the image's shell, or the words of a command as a JSON array. Throws `usage`. */
export function parseHealthcheck({ healthcheck = 'keep' }: ResultFlags): HealthcheckRequest {
  const text = healthcheck.trim();
  if (text === 'keep' || text === 'none') return text;
  if (text === '')
    throw new SlimtraceError('usage', { problem: '--healthcheck names no command', hint: healthcheckHint });
  if (!text.startsWith('[')) return { test: ['CMD-SHELL', text] };
  return { test: ['CMD', ...parseWords(text)] };
}

const healthcheckHint = 'it takes keep, none, a line for the image’s shell, or a JSON array such as ["/app", "health"]';

function parseWords(text: string): readonly string[] {
  const problem = `--healthcheck ${JSON.stringify(text)} is not a JSON array of the words of a command`;
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch (cause) {
    throw new SlimtraceError('usage', { problem, hint: healthcheckHint }, { cause });
  }
  const isCommand = Array.isArray(words) && words.every((word) => typeof word === 'string') && words[0];
  if (!isCommand) throw new SlimtraceError('usage', { problem, hint: healthcheckHint });
  return words as readonly string[];
}

/** Throws `usage` when no check would be made as the user that the slim image is to run as. */
export function requireProvedUser(user: string | undefined, scenarios: readonly Scenario[]): void {
  if (user === undefined || scenarios.some(({ run }) => run.user === undefined)) return;
  throw new SlimtraceError('usage', {
    problem: '--user says who the slim image runs as, and --run-user has every check made as somebody else',
    hint: 'leave out --run-user, or add a --scenario without it',
  });
}

/** Who it is, the image says. Throws `usage` for what is no user in any. */
function parseUser(text: string): string {
  const [, user = '', group] = /^([^:\s]+)(?::([^:\s]+))?$/.exec(text) ?? [];
  const isId = (part: string) => !/^[-+]?\d+$/.test(part) || parseId(part) !== undefined;
  if (user !== '' && isId(user) && isId(group ?? '0')) return text;
  throw new SlimtraceError('usage', {
    problem: `--user ${JSON.stringify(text)} is not a user`,
    hint: 'it takes nonroot, UID, UID:GID or NAME[:GROUP]',
  });
}

function parseBase(text: string, repository: string): BaseRequest | undefined {
  if (text === 'scratch') return undefined;
  const [, variant] = /^distroless(?::([a-z0-9.-]+))?$/.exec(text) ?? [];
  if (text === 'distroless' || variant !== undefined) return { kind: 'distroless', variant, repository };
  if (text.trim() === '')
    throw new SlimtraceError('usage', {
      problem: '--base names no image',
      hint: 'it takes scratch, distroless, or an image or archive',
    });
  return { kind: 'image', reference: text };
}
