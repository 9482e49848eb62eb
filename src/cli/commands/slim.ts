import { writeFile } from 'node:fs/promises';
import { describeThrown } from '../../errors.js';
import type { Emit } from '../../events.js';
import { parseTargetName } from '../../image/name.js';
import { isConfined } from '../../report/confinement-report.js';
import { printable } from '../../report/format.js';
import { renderNote } from '../../report/note-text.js';
import { buildFullReport, buildReport, type FullReport } from '../../report/report.js';
import { renderSlimReport } from '../../report/slim-human.js';
import type { SelectionNote } from '../../selection/note.js';
import { type SlimOptions, slimImage } from '../../slim-image.js';
import { openOutputFile } from '../../system/output-file.js';
import { writeStateFile } from '../../system/state-files.js';
import type { CommandContext } from '../command-context.js';
import { openDocumentFiles, readInputFiles } from '../document-files.js';
import { exitCodes } from '../exit-code.js';
import { openContext } from '../open-context.js';
import type { EngineFlags, ResultFlags, RunFlags, SelectionFlags, SlimFlags, TimeFlags } from '../options.js';
import { parseDebugImage } from '../parse-debug-image.js';
import {
  parseHealRounds,
  parseNodeFileTrace,
  parseScenarios,
  parseSelection,
  parseSourceDateEpoch,
  parseTimes,
} from '../parse-flags.js';
import { parseHealthcheck, parseResult, requireProvedUser } from '../parse-result.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { readTraceFile } from '../trace-file.js';
import { version } from '../version.js';

type Flags = EngineFlags & RunFlags & SelectionFlags & TimeFlags & SlimFlags & ResultFlags;

/** `slimtrace slim` and `slimtrace build`. */
export async function runSlim(
  image: string,
  command: readonly string[],
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  const options = await parseOptions(flags, command, context.host.env);
  await using reportFile = flags.report === undefined ? undefined : await openOutputFile(flags.report);
  await using documentFiles = await openDocumentFiles(flags);
  const { result, notes } = await slimWithProgress(image, options, flags, context);
  const full = buildFullReport(result, version, notes);
  if (reportFile !== undefined) {
    await reportFile.write((path) => writeFile(path, `${JSON.stringify(full)}\n`));
    await reportFile.commit();
  }
  await documentFiles.write(result.documents);
  const kept = await keepReport(full);
  if (kept !== undefined) context.host.stderr.write(`warning: ${kept}\n`);
  const report = buildReport(result, version, notes);
  const explainSize = flags.explainSize === true;
  printResult(report, (shown, style) => renderSlimReport(shown, style, { explainSize }), flags, context);
  context.exitWith(report.passed && isConfined(report.confinement) ? exitCodes.good : exitCodes.negativeVerdict);
}

async function parseOptions(
  flags: Flags,
  command: readonly string[],
  env: CommandContext['host']['env'],
): Promise<SlimOptions> {
  const selection = await parseSelection(flags);
  const scenarios = parseScenarios(flags, command);
  const result = parseResult(flags);
  requireProvedUser(result.user, scenarios);
  return {
    scenarios,
    selection,
    result,
    healthcheck: parseHealthcheck(flags),
    nodeFileTrace: parseNodeFileTrace(flags, selection.without),
    healRounds: parseHealRounds(flags, selection.without),
    certificatesFile: typeof flags.certs === 'string' ? flags.certs : undefined,
    tag: flags.tag === undefined ? undefined : parseTargetName(flags.tag),
    output: flags.output,
    attest: flags.attest === true,
    inputFiles: await readInputFiles(flags),
    debug: parseDebugImage(flags),
    ...parseTimes(flags),
    confinement: { seccompProfile: flags.seccompProfile, apparmorProfile: flags.apparmorProfile },
    tracesSyscalls: flags.seccompProfile !== undefined,
    trace: flags.trace === undefined ? undefined : await readTraceFile(flags.trace),
    version,
    sourceDateEpoch: parseSourceDateEpoch(env.SOURCE_DATE_EPOCH),
  };
}

async function slimWithProgress(image: string, options: SlimOptions, flags: Flags, context: CommandContext) {
  using progress = openProgress(context.host, flags.quiet === true);
  const warnings: string[] = [];
  const emit: Emit = (event) => {
    if (event.kind === 'warning') warnings.push(event.message);
    progress.emit(event);
  };
  await using opened = await openContext(context, emit, flags);
  const result = await slimImage(image, options, { ...opened, engine: await opened.engineOf(image) });
  const { problem } = result.ownership;
  const unread = problem === undefined ? [] : [`its packages are unknown: ${problem}`];
  return { result, notes: [...warnings, ...unread, ...notesOf(result.selection.notes, options).map(renderNote)] };
}

/** With --certs the slim image has certificates, whatever the original lacks. */
function notesOf(notes: readonly SelectionNote[], options: SlimOptions): readonly SelectionNote[] {
  return notes.filter(({ kind }) => kind !== 'no-certificates' || options.certificatesFile === undefined);
}

/** Kept by the slim image's ID, for `slimtrace why`. The image is made and proved: failing here only costs that answer. */
async function keepReport(report: FullReport): Promise<string | undefined> {
  try {
    await writeStateFile(report.slim.id.replace(':', '-'), JSON.stringify(report));
    return undefined;
  } catch (error) {
    return `could not keep the report that slimtrace why reads (give it --report FILE): ${printable(describeThrown(error))}`;
  }
}
