import { parseHttpSpec, parsePort, splitCommand } from '../check/parse-check.js';
import type { CheckRequests } from '../check/plan-checks.js';
import type { RunOptions } from '../engine/engine.js';
import { SlimtraceError } from '../errors.js';
import { locateNodeFileTrace } from '../node-file-trace/locate.js';
import type { Scenario } from '../scenario.js';
import { builtinPacks } from '../selection/builtin-packs.js';
import { defences } from '../selection/defence.js';
import { parseGranularity } from '../selection/granularity.js';
import { checkPacks, type Pack, parsePacks } from '../selection/pack.js';
import type { SelectionOptions } from '../selection/rule.js';
import { readGivenText } from '../system/given-file.js';
import type { RunFlags, ScenarioFlags, SelectionFlags, SlimFlags, TimeFlags } from './flags.js';

/** One scenario named `default`, or those that were named. Throws `usage`. */
export function parseScenarios({ runs: [shared, ...named] }: RunFlags, words: readonly string[]): readonly Scenario[] {
  if (named.length === 0) {
    if (shared.command !== undefined)
      throw new SlimtraceError('usage', {
        problem: '--command is for a --scenario',
        hint: 'give the command after --, as for docker run',
      });
    return [{ name: 'default', run: parseRun(shared, words), checks: parseChecks(shared) }];
  }
  const names = named.map(({ scenario = '' }) => scenario);
  for (const [index, name] of names.entries()) {
    if (!/^[\w][\w.-]*$/.test(name))
      throw new SlimtraceError('usage', {
        problem: `--scenario ${JSON.stringify(name)} is not a name (letters, digits, . _ -)`,
      });
    if (names.indexOf(name) !== index)
      throw new SlimtraceError('usage', { problem: `--scenario ${name} is given twice` });
  }
  return named.map((own, index) => {
    const flags = withShared(shared, own);
    const command = typeof own.command === 'string' ? splitCommand(own.command, '--command') : (own.command ?? words);
    return { name: names[index] ?? '', run: parseRun(flags, command), checks: parseChecks(flags) };
  });
}

function withShared(shared: ScenarioFlags, own: ScenarioFlags): ScenarioFlags {
  const both = (name: 'env' | 'envFile' | 'volume' | 'http' | 'exec' | 'tcp' | 'port') => [
    ...(shared[name] ?? []),
    ...(own[name] ?? []),
  ];
  return {
    ...shared,
    ...own,
    env: both('env'),
    envFile: both('envFile'),
    volume: both('volume'),
    http: both('http'),
    exec: both('exec'),
    tcp: both('tcp'),
    port: own.port ?? shared.port ?? [],
  };
}

function parseRun(flags: ScenarioFlags, command: readonly string[]): RunOptions {
  return {
    env: flags.env ?? [],
    envFiles: flags.envFile ?? [],
    volumes: flags.volume ?? [],
    network: flags.network,
    user: flags.runUser,
    workdir: flags.workdir,
    entrypoint: flags.entrypoint,
    command,
  };
}

function parseChecks(flags: ScenarioFlags): CheckRequests {
  return {
    http: (flags.http ?? []).map(parseHttpSpec),
    exec: (flags.exec ?? []).map((text) => splitCommand(text, '--exec')),
    tcp: (flags.tcp ?? []).map((text) => parsePort(text, '--tcp')),
    ports: (flags.port ?? []).map((text) => parsePort(text, '--port')),
    exit: flags.exit === undefined ? undefined : parseExitCode(flags.exit),
  };
}

/** How often to heal; `--no-heal`, and leaving the defence out, only tell. Throws `usage`. */
export function parseHealRounds({ heal, healRounds }: SlimFlags, without: ReadonlySet<string>): number {
  if (!/^\d{1,2}$/.test(healRounds))
    throw new SlimtraceError('usage', {
      problem: `--heal-rounds ${JSON.stringify(healRounds)} is not a number from 0 to 99`,
    });
  return heal === false || without.has('healing') || without.has('all') ? 0 : Number(healRounds);
}

function parseExitCode(text: string | true): number {
  if (text === true) return 0;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  throw new SlimtraceError('usage', {
    problem: `--exit ${JSON.stringify(text)} is not an exit code (0 to 255)`,
    hint: 'give the image before --exit, or write --exit=0',
  });
}

/** With what the files say that the flags name. Throws `file-unreadable` and `usage`. */
export async function parseSelection(flags: SelectionFlags, signal?: AbortSignal): Promise<SelectionOptions> {
  const listed = await Promise.all((flags.includeFrom ?? []).map((file) => readPatterns(file, signal)));
  const packs = (await Promise.all((flags.packs ?? []).map((pack) => readPack(pack, signal)))).flat();
  return {
    include: [...(flags.include ?? []), ...listed.flat()],
    exclude: flags.exclude ?? [],
    includeShell: flags.includeShell === true,
    certificates: flags.certs !== false,
    without: parseWithout(flags.without ?? [], packs),
    granularity: parseGranularity(flags.granularity ?? []),
    packs,
  };
}

/** Defences and packs by name. Throws `usage` for a name that means nothing: what it was to leave out would be kept. */
function parseWithout(names: readonly string[], packs: readonly Pack[]): ReadonlySet<string> {
  const known = new Set<string>(['all', ...defences, ...[...builtinPacks, ...packs].map(({ name }) => name)]);
  for (const name of names) {
    if (known.has(name)) continue;
    const near = [...known].filter((one) => one.includes(name) || name.includes(one)).slice(0, 5);
    throw new SlimtraceError('usage', {
      problem: `--without ${JSON.stringify(name)} is neither a defence nor a pack`,
      hint: `defences are ${defences.join(', ')}${near.length === 0 ? '' : `; similar: ${near.join(', ')}`}`,
    });
  }
  return new Set(names);
}

/** Where @vercel/nft is, when it is to be asked: it is part of the defence `node`. Throws `nft-missing`. */
export function parseNodeFileTrace(
  { nft }: SelectionFlags,
  without: ReadonlySet<string>,
  locate = locateNodeFileTrace,
): string | undefined {
  return nft === true && !without.has('node') && !without.has('all') ? locate() : undefined;
}

/** One pattern a line; empty lines and those that begin with `#` say nothing. */
async function readPatterns(file: string, signal: AbortSignal | undefined): Promise<string[]> {
  const text = await readGivenText(file, { signal });
  return text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** A file of packs of the user's, or one of the configuration's. Throws `file-unreadable` and `usage`. */
async function readPack(file: string | object, signal: AbortSignal | undefined): Promise<readonly Pack[]> {
  if (typeof file !== 'string') return checkPacks([file], 'the configuration');
  const text = await readGivenText(file, { signal });
  return parsePacks(text, file);
}

export function parseTimes(flags: TimeFlags): { readonly timeoutMs: number; readonly stopGraceSeconds: number } {
  return {
    timeoutMs: parseSeconds(flags.timeout, '--timeout', 1) * 1000,
    stopGraceSeconds: Math.ceil(parseSeconds(flags.stopTimeout, '--stop-timeout', 0)),
  };
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A number of seconds, or with a unit as Docker's durations have it: `90`, `90s`, `1.5m`. Throws `usage`. */
export function parseSeconds(text: string, flag: string, least: number): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const seconds = Number(number ?? Number.NaN) * (unitSeconds[unit] ?? 1);
  if (seconds >= least && seconds <= 86_400) return seconds;
  throw new SlimtraceError('usage', {
    problem: `${flag} ${JSON.stringify(text)} is not a time of ${least} to 86400 seconds, such as 90 or 90s`,
  });
}

/** SOURCE_DATE_EPOCH as a whole number of seconds (reproducible-builds.org/specs/source-date-epoch). */
export function parseSourceDateEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new SlimtraceError('usage', {
    problem: `SOURCE_DATE_EPOCH=${JSON.stringify(text)} is not a number of seconds`,
  });
}
