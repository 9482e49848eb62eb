import type { Style } from '../report/style.js';
import type { CommandContext } from './command-context.js';
import { styleFor } from './terminal.js';

/** Prints what a command came to on stdout: as JSON when that was asked for, else in words. */
export function printResult<T>(
  result: T,
  render: (result: T, style: Style) => string,
  { json }: { readonly json?: true },
  { host }: Pick<CommandContext, 'host'>,
): void {
  host.stdout.write(
    json ? `${JSON.stringify(result, undefined, 2)}\n` : render(result, styleFor(host.stdout, host.env)),
  );
}
