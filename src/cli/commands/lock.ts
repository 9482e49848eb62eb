import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { formatAmount, formatCount } from '../../amount.js';
import { checkLock } from '../../check-lock.js';
import { SlimtraceError } from '../../errors.js';
import { afterDrift, renderDrift, reportDrift } from '../../report/drift-report.js';
import { formatBytes, printable } from '../../report/format.js';
import { withoutPaths } from '../../report/full-report.js';
import { diffLocks } from '../../report/lock/diff-locks.js';
import { keepComments } from '../../report/lock/keep-comments.js';
import { makeLock } from '../../report/lock/make-lock.js';
import { renderLock } from '../../report/lock/render-lock.js';
import { isGood } from '../../report/outcome.js';
import { renderSlimReport } from '../../report/slim-human.js';
import type { Style } from '../../report/style.js';
import type { Lock } from '../../selection/lock/lock.js';
import { openOutputFile, writeWhole } from '../../system/output-file.js';
import type { CommandContext } from '../command-context.js';
import { type ConfiguredRequest, findConfiguration, readRequest } from '../configuration/read-request.js';
import { exitCodes } from '../exit-code.js';
import { readLockFile } from '../lock-file.js';
import { flagsToLock, withLock } from '../lock-flags.js';
import { openContext } from '../open-context.js';
import { requireOwnFiles } from '../output-names.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { byLock, parseOptions, readLocked, type SlimmingFlags, type SlimRequest, slimOnce } from '../slim-run.js';
import { inputsOf, outputsOf } from '../slimming-files.js';
import { version } from '../version.js';

export interface LockFlags extends SlimmingFlags {
  readonly output: string;
  readonly update?: true;
  readonly check?: true;
}

/** Where a lock is that nobody names. */
const usualFile = 'slimtrace.lock';

/** The request of `slimtrace lock`; without an image and a configuration, the image that the lock names. */
export async function readLockRequest(
  command: Command,
  context: CommandContext,
): Promise<ConfiguredRequest<LockFlags>> {
  const { output, update, check, config } = command.opts<Partial<LockFlags> & { readonly config?: string | false }>();
  if (update && check) throw new SlimtraceError('usage', { problem: '--update and --check: give one of them' });
  const isNamed = command.args.length > (context.host.argv.includes('--') ? afterDashes(context) : 0);
  const hasConfiguration = config !== false && (config ?? findConfiguration()) !== undefined;
  if (!isNamed && !hasConfiguration && (update || check))
    command.args.unshift((await readLockFile(output ?? usualFile, context.signal)).lock.image);
  // A check goes by the lock; what it was made from is of no matter.
  const request = await readRequest<LockFlags>(command, context, check ? ['output', 'trace'] : ['output']);
  const file = output ?? request.lockFile ?? usualFile;
  if (!update && !check && existsSync(file))
    throw new SlimtraceError('usage', {
      problem: `${file} is there already`,
      hint: 'slimtrace lock --update writes it anew and shows what is different; --output FILE writes another one',
    });
  return { ...request, flags: { ...request.flags, output: file } };
}

function afterDashes({ host }: CommandContext): number {
  return host.argv.length - host.argv.indexOf('--') - 1;
}

/** `slimtrace lock`. */
export async function runLock(
  image: string,
  command: readonly string[],
  { output: file, update, check, ...flags }: LockFlags,
  context: CommandContext,
): Promise<void> {
  if (check) return await runCheck({ image, command, flags }, file, context);
  const asked = { image, flags: { ...flags, dryRun: true as const } };
  requireOwnFiles([{ flag: '--output', path: file }, ...outputsOf(asked)], inputsOf(asked));
  const before = update ? await readLockFile(file, context.signal) : undefined;
  const request =
    before === undefined ? { image, command, flags } : withLock({ image, command, flags }, before.lock).request;
  await using output = await openOutputFile(file);
  const { result, report, unwritten } = await slimDry(request, context);
  if (!isGood(report)) {
    printResult(
      withoutPaths(report),
      (one, style) => renderSlimReport(one, style, { explainSize: false }),
      flags,
      context,
    );
    if (unwritten !== undefined) throw unwritten;
    context.exitWith(exitCodes.negativeVerdict);
    return;
  }
  const lock = makeLock(result, {
    image,
    version,
    ...flagsToLock(request.flags),
    command: request.command,
    allow: before?.lock.allow ?? [],
  });
  const rendered = renderLock(lock);
  const { text, lost } = before === undefined ? { text: rendered, lost: [] } : keepComments(rendered, before.text);
  await writeWhole(output, text);
  const written = { file, lock, changes: before === undefined ? null : diffLocks(before.text, text), lost };
  printResult(describe(written), (_, style) => renderWritten(written, style), flags, context);
  if (unwritten !== undefined) throw unwritten;
}

/** Slims as ever, and leaves nothing. */
async function slimDry(request: SlimRequest, context: CommandContext) {
  const { lock: _, ...flags } = request.flags;
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  const dry = { ...request, flags: { ...flags, dryRun: true as const } };
  return await slimOnce(dry, { env: context.host.env, opened, emit: progress.emit });
}

async function runCheck(asked: SlimRequest, file: string, context: CommandContext): Promise<void> {
  const { request, lock } = await readLocked({ ...asked, flags: { ...asked.flags, lock: file } }, context.signal);
  if (lock === undefined) throw new Error('a lock was given');
  const options = {
    ...(await parseOptions(request, { env: context.host.env, signal: context.signal })),
    ...byLock(lock),
  };
  using progress = openProgress(context.host, asked.flags.quiet === true);
  await using opened = await openContext(context, progress.emit, asked.flags);
  const engine = await opened.engineOf(request.image);
  const drift = reportDrift(await checkLock(request.image, lock, options, { ...opened, emit: progress.emit, engine }));
  const render = (_: unknown, style: Style) => {
    const verdict = drift?.holds
      ? `${style.green('holds')}: ${printable(request.image)} is as ${printable(file)} says`
      : `${style.red('drifted')}: ${printable(request.image)} is not as ${printable(file)} says\n${style.yellow('hint:')} ${afterDrift}`;
    const changes = drift?.changes.length === 0 ? '' : renderDrift(drift, style);
    return `${[changes, verdict].filter(Boolean).join('\n\n')}\n`;
  };
  printResult(drift, render, asked.flags, context);
  context.exitWith(drift?.holds ? exitCodes.good : exitCodes.negativeVerdict);
}

interface Written {
  readonly file: string;
  readonly lock: Lock;
  /** Null for a first lock. */
  readonly changes: readonly string[] | null;
  /** Comments on rules that are gone. */
  readonly lost: readonly string[];
}

function describe({ file, lock, changes, lost }: Written) {
  const { image, made } = lock;
  return { schemaVersion: 1, kind: 'lock', file, image, made, rules: rulesOf(lock), changes, lostComments: lost };
}

function rulesOf({ traced, lookedFor, healed, derived }: Lock) {
  return { traced: traced.length, lookedFor: lookedFor.length, healed: healed.length, derived: derived.size };
}

function renderWritten({ file, lock, changes, lost }: Written, style: Style): string {
  const { traced, lookedFor, healed, derived } = rulesOf(lock);
  const count = (n: number, what: string) => (n === 0 ? [] : [`${formatCount(n)} ${what}`]);
  const rules = [
    ...count(traced, 'traced'),
    ...count(lookedFor, 'looked for'),
    ...count(healed, 'healed'),
    ...count(derived, 'derived'),
  ].join(', ');
  const { files, sizeBytes } = lock.made;
  const lines = [
    ...(changes === null
      ? []
      : changes.length === 0
        ? ['no rule is different']
        : changes.map((line) => coloured(line, style))),
    ...(changes === null || changes.length === 0 ? [] : ['']),
    ...lost.map((comment) => `${style.yellow('note:')} its rule is gone, and with it ${printable(comment)}`),
    `${style.green('proved')}, and written to ${printable(file)}: ${formatAmount(files, 'file')}, ${formatBytes(sizeBytes)}; rules: ${rules}`,
    `${style.dim(`review it and commit it; slimtrace slim ${printable(lock.image)} --lock ${printable(file)} rebuilds by it`)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function coloured(line: string, style: Style): string {
  if (/^ *\+/.test(line)) return style.green(line);
  return /^ *-/.test(line) ? style.red(line) : line;
}
