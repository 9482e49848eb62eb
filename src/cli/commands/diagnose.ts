import { addAbortSignal } from 'node:stream';
import { SlimtraceError } from '../../errors.js';
import { diagnose } from '../../report/diagnose.js';
import { renderDiagnosis } from '../../report/diagnose-human.js';
import { LogReader } from '../../report/diagnose-log.js';
import { readChunks } from '../../system/given-file.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { EngineFlags } from '../flags.js';
import { printResult } from '../print-result.js';
import { findReport } from '../report-file.js';

interface Flags extends EngineFlags {
  readonly report?: string;
  readonly json?: true;
}

/** Of a longer log, the beginning is read. */
const maxLogBytes = 256 * 1024 * 1024;
/** A longer line is read as several. */
const maxLineLength = 1024 * 1024;

/** `slimtrace diagnose`. */
export async function runDiagnose(image: string, file: string, flags: Flags, context: CommandContext): Promise<void> {
  const report = await findReport(image, flags, context);
  const diagnosis = diagnose(report, await readLog(file, context.signal));
  printResult(diagnosis, renderDiagnosis, flags, context);
  const isExplained = diagnosis.findings.some(({ verdict }) => verdict === 'removed');
  context.exitWith(isExplained ? exitCodes.good : exitCodes.negativeVerdict);
}

async function readLog(file: string, signal: AbortSignal): Promise<LogReader> {
  const reader = new LogReader();
  const decoder = new TextDecoder();
  let rest = '';
  let read = 0;
  const chunks: AsyncIterable<Uint8Array> =
    file === '-' ? addAbortSignal(signal, process.stdin) : readChunks(file, signal);
  try {
    for await (const chunk of chunks) {
      read += chunk.length;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|[\r\n]/);
      rest = lines.pop() ?? '';
      for (const line of lines) reader.add(line);
      if (rest.length > maxLineLength) {
        reader.add(rest);
        rest = '';
      }
      if (read > maxLogBytes) {
        reader.isCut = true;
        break;
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new SlimtraceError('file-unreadable', { file: file === '-' ? 'standard input' : file }, { cause });
  }
  if (rest !== '') reader.add(rest);
  return reader;
}
