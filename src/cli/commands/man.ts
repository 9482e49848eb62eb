import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { renderManPage } from '../man/render-man-page.js';
import { parseSourceDateEpoch } from '../parse-flags.js';
import { version, versionDate } from '../version.js';

/** `slimtrace man`. */
export function runMan(program: Command, { host }: CommandContext): void {
  const epoch = parseSourceDateEpoch(host.env.SOURCE_DATE_EPOCH);
  const date = epoch === undefined ? versionDate : new Date(epoch * 1000).toISOString().slice(0, 10);
  host.stdout.write(renderManPage(program, { version, date }));
}
