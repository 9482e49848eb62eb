import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { renderManPage } from '../man/render-man-page.js';
import { parseSourceDateEpoch } from '../parse-flags.js';
import { version } from '../version.js';

/** `slimtrace man`. */
export function runMan(program: Command, { host }: CommandContext): void {
  const sourceDateEpoch = parseSourceDateEpoch(host.env.SOURCE_DATE_EPOCH);
  host.stdout.write(renderManPage(program, { version, sourceDateEpoch }));
}
