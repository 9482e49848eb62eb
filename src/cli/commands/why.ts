import { SlimtraceError } from '../../errors.js';
import { type ImagePath, parseImagePath } from '../../image/path.js';
import { answerWhy } from '../../report/why.js';
import { renderAnswer } from '../../report/why-human.js';
import { answerWhyNot } from '../../report/why-not.js';
import { renderWhyNot } from '../../report/why-not-human.js';
import type { CommandContext } from '../command-context.js';
import type { EngineFlags } from '../flags.js';
import { printResult } from '../print-result.js';
import { findReport } from '../report-file.js';

interface Flags extends EngineFlags {
  readonly report?: string;
  readonly json?: true;
}

/** `slimtrace why`. */
export async function runWhy(image: string, path: string, flags: Flags, context: CommandContext): Promise<void> {
  const wanted = parseWanted(path);
  const answer = answerWhy(await findReport(image, flags, context), wanted);
  printResult(answer, renderAnswer, flags, context);
}

/** `slimtrace why-not`. */
export async function runWhyNot(image: string, path: string, flags: Flags, context: CommandContext): Promise<void> {
  const wanted = parseWanted(path);
  const answer = answerWhyNot(await findReport(image, flags, context), wanted);
  printResult(answer, renderWhyNot, flags, context);
}

function parseWanted(path: string): ImagePath {
  if (path.startsWith('/')) return parseImagePath(path);
  throw new SlimtraceError('usage', {
    problem: `${JSON.stringify(path)} is not an absolute path`,
    hint: 'paths in an image begin with /',
  });
}
