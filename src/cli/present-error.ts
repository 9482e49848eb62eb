import { describeThrown, SlimtraceError } from '../errors.js';
import { printable } from '../report/format.js';
import type { Style } from '../report/style.js';

/** Where a bug can be told. */
const issuesUrl = 'https://github.com/slimtrace/slimtrace/issues';

/** An error in words: what failed, the chain of causes, what to do; a bug with its stack. */
export function presentError(error: unknown, style: Style): string {
  if (!(error instanceof SlimtraceError)) return presentBug(error, style);
  const lines = [`${style.red('error:')} ${clean(error.message)}`];
  for (let cause = error.cause; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) {
    lines.push(`${style.dim('because:')} ${clean(describeThrown(cause))}`);
  }
  const log = error.details.log;
  if (log !== undefined && log !== '')
    lines.push('the last lines of the container:', ...log.split('\n').map((line) => `  ${printable(line)}`));
  if (log === '') lines.push('the container printed nothing');
  if (error.hint !== undefined) lines.push(`${style.yellow('hint:')} ${clean(error.hint)}`);
  return `${lines.join('\n')}\n`;
}

function presentBug(error: unknown, style: Style): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${style.red('error:')} this is a bug in slimtrace\n${stack.split('\n').map(printable).join('\n')}\n${style.yellow('hint:')} please report it: ${issuesUrl}\n`;
}

/** Line breaks stay: engines say more than one line. */
function clean(text: string): string {
  return text.split('\n').map(printable).join('\n  ');
}
