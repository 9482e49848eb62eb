import { describeThrown, SlimtraceError } from '../errors.js';
import type { Emit } from '../events.js';
import { parseTargetName } from '../image/name.js';
import type { SlimContext } from '../observe-image.js';
import { afterDrift, reportDrift } from '../report/drift-report.js';
import { printable } from '../report/format.js';
import { buildFullReport, type FullReport } from '../report/full-report.js';
import { renderNote } from '../report/note-text.js';
import { tracesOfLock } from '../selection/lock/lock-trace.js';
import type { SelectionNote } from '../selection/note.js';
import type { GivenLock } from '../settle-build.js';
import { slimImage } from '../slim-image.js';
import type { SlimOptions } from '../slim-options.js';
import type { SlimResult } from '../slim-result.js';
import { attemptAll } from '../system/output-attempts.js';
import { writeStateFile } from '../system/state-files.js';
import { openDocumentFiles, readInputFiles } from './document-files.js';
import { readLockFile } from './lock-file.js';
import type { OpenedContext } from './open-context.js';
import { requireOwnFiles } from './output-names.js';
import { parseBudgets } from './parse-budgets.js';
import { parseDebugImage } from './parse-debug-image.js';
import {
  parseHealRounds,
  parseNodeFileTrace,
  parseScenarios,
  parseSelection,
  parseSourceDateEpoch,
  parseTimes,
} from './parse-flags.js';
import { parseHealthcheck, parseResult, requireProvedUser } from './parse-result.js';
import { openReportOutputs } from './report-outputs.js';
import type { SlimRequest } from './slim-request.js';
import { inputsOf, outputsOf } from './slimming-files.js';
import type { Host } from './terminal.js';
import { readTraceFile } from './trace-file.js';
import { version } from './version.js';

export type { SlimmingFlags, SlimRequest } from './slim-request.js';

export interface SlimRun {
  readonly result: SlimResult;
  readonly report: FullReport;
  /** Which of the files beside the image couldn't be written: to be thrown once the verdict has been told. */
  readonly unwritten: SlimtraceError | undefined;
}

export interface SlimRunContext {
  readonly env: Host['env'];
  readonly opened: OpenedContext;
  /** Where this image's progress goes. */
  readonly emit: Emit;
  /** The slim image's size that was accepted last, where such sizes are kept. */
  readonly acceptedBytes?: number;
}

/**
 * Slims one image as its flags say, and writes every file they ask for that can be written. Throws SlimtraceError when there
 * is nothing to judge.
 */
export async function slimOnce(asked: SlimRequest, context: SlimRunContext): Promise<SlimRun> {
  requireOwnFiles(outputsOf(asked), inputsOf(asked));
  const { signal } = context.opened;
  const { request, lock } = await readLocked(asked, signal);
  const { flags } = request;
  const options = { ...(await parseOptions(request, { ...context, signal })), ...byLock(lock) };
  await using reportOutputs = await openReportOutputs(flags);
  await using documentFiles = await openDocumentFiles(flags);
  const { result, notes } = await slimAndNote(request.image, options, context);
  const report = buildFullReport(result, version, notes);
  const unwritten = await attemptAll([() => reportOutputs.write(report), () => documentFiles.write(result.documents)]);
  if (options.publishes) await keepReport(report, context.emit);
  return { result, report, unwritten };
}

/** With what the lock says that the flags name. Throws `usage`, `file-unreadable` and `lock-invalid`. */
export async function readLocked(
  request: SlimRequest,
  signal: AbortSignal,
): Promise<{ readonly request: SlimRequest; readonly lock: GivenLock | undefined }> {
  const { lock: file, trace } = request.flags;
  if (file === undefined) return { request, lock: undefined };
  if (trace !== undefined)
    throw new SlimtraceError('usage', {
      problem: '--trace and --lock are two answers to one question: give one of them',
    });
  const { lock } = await readLockFile(file, signal);
  const { withLock } = await import('./lock-flags.js');
  const { request: whole, optionChanges } = withLock(request, lock);
  return { request: whole, lock: { lock, optionChanges } };
}

/** What a lock changes in the story: nothing is traced. */
export function byLock(lock: GivenLock | undefined): Partial<SlimOptions> {
  return lock === undefined ? {} : { lock, trace: tracesOfLock(lock.lock).trace, isUnprivileged: true };
}

/** What the flags ask for, but for a lock. */
export async function parseOptions(
  { flags, command }: SlimRequest,
  { env, acceptedBytes, signal }: Pick<SlimRunContext, 'env' | 'acceptedBytes'> & { readonly signal: AbortSignal },
): Promise<SlimOptions> {
  const selection = await parseSelection(flags, signal);
  const scenarios = parseScenarios(flags, command);
  const result = parseResult(flags);
  requireProvedUser(result.user, scenarios);
  return {
    scenarios,
    selection,
    result,
    budgets: parseBudgets(flags),
    acceptedBytes,
    healthcheck: parseHealthcheck(flags),
    nodeFileTrace: parseNodeFileTrace(flags, selection.without),
    healRounds: parseHealRounds(flags, selection.without),
    certificatesFile: typeof flags.certs === 'string' ? flags.certs : undefined,
    tag: flags.tag === undefined ? undefined : parseTargetName(flags.tag),
    output: flags.output,
    publishes: flags.dryRun !== true,
    attest: flags.attest === true,
    inputFiles: await readInputFiles(flags, signal),
    debug: parseDebugImage(flags),
    ...parseTimes(flags),
    confinement: { seccompProfile: flags.seccompProfile, apparmorProfile: flags.apparmorProfile },
    tracesSyscalls: flags.seccompProfile !== undefined,
    lock: undefined,
    trace: flags.trace === undefined ? undefined : await readTraceFile(flags.trace, signal),
    version,
    sourceDateEpoch: parseSourceDateEpoch(env.SOURCE_DATE_EPOCH),
  };
}

async function slimAndNote(
  image: string,
  options: SlimOptions,
  context: SlimRunContext,
): Promise<{ readonly result: SlimResult; readonly notes: readonly string[] }> {
  const warnings: string[] = [];
  const emit: Emit = (event) => {
    if (event.kind === 'warning') warnings.push(event.message);
    context.emit(event);
  };
  const { opened } = context;
  const slimming = { ...opened, emit, engine: await opened.engineOf(image) };
  const result = await slimImage(image, options, slimming).catch(async (error: unknown) => {
    throw await withDrift(error, image, options, slimming);
  });
  const { problem } = result.ownership;
  const unread = problem === undefined ? [] : [`its packages are unknown: ${problem}`];
  return { result, notes: [...warnings, ...unread, ...notesOf(result.selection.notes, options).map(renderNote)] };
}

/** An image that no check passes on any more may have drifted: that comes first then. */
async function withDrift(error: unknown, image: string, options: SlimOptions, context: SlimContext): Promise<unknown> {
  if (options.lock === undefined || !(error instanceof SlimtraceError && error.code === 'no-evidence')) return error;
  const { checkLock } = await import('../check-lock.js');
  const drift = reportDrift(await checkLock(image, options.lock, options, context));
  if (drift === null || drift.holds) return error;
  return new SlimtraceError('lock-drifted', { changes: drift.lines.join('\n'), hint: afterDrift }, { cause: error });
}

/** With --certs the slim image has certificates, whatever the original lacks. */
function notesOf(notes: readonly SelectionNote[], options: SlimOptions): readonly SelectionNote[] {
  return notes.filter(({ kind }) => kind !== 'no-certificates' || options.certificatesFile === undefined);
}

/** Kept by the slim image's ID, for `slimtrace why`. The image is made and proved: failing here only costs that answer. */
async function keepReport(report: FullReport, emit: Emit): Promise<void> {
  try {
    await writeStateFile(report.slim.id.replace(':', '-'), JSON.stringify(report));
  } catch (error) {
    const message = `could not keep the report that slimtrace why reads (give it --report FILE): ${printable(describeThrown(error))}`;
    emit({ kind: 'warning', message });
  }
}
