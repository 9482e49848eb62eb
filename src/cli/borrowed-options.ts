import { Command } from 'commander';
import {
  addConfigOptions,
  addEngineOption,
  addRunOptions,
  addSelectionOptions,
  addSlimOptions,
  addTimeOptions,
} from './options.js';

/**
 * What of the flags about slim's result the commands take that make a slim image and leave none: of a lock's it is what shapes
 * the result and how it is found, of a Dockerfile's all but those about an image that is written, or stands beside it.
 */
const borrowed = {
  lock: only(
    ...['base', 'distrolessFrom', 'layers', 'user', 'healthcheck', 'packageRecords'],
    ...['trace', 'healRounds', 'heal', 'report', 'json', 'quiet'],
  ),
  dockerfile: allBut(
    ...['tag', 'output', 'sbom', 'provenance', 'attest', 'seccompProfile', 'apparmorProfile'],
    ...['debugTag', 'debugBusybox', 'dryRun', 'failIfLarger', 'json', 'quiet'],
  ),
} as const satisfies Record<string, (flag: string) => boolean>;

/** Adds the flags of `slim` that a command takes which makes a slim image and leaves none. */
export function addBorrowedOptions(command: Command, borrower: keyof typeof borrowed): Command {
  addEngineOption(addTimeOptions(addSelectionOptions(addRunOptions(command))));
  for (const option of addSlimOptions(new Command()).options)
    if (borrowed[borrower](option.attributeName())) command.addOption(option);
  return addConfigOptions(command);
}

function only(...flags: readonly string[]): (flag: string) => boolean {
  return (flag) => flags.includes(flag);
}

function allBut(...flags: readonly string[]): (flag: string) => boolean {
  return (flag) => !flags.includes(flag);
}
