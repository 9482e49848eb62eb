import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type CompletionShell, completeLine, completionShells } from '../completion/complete.js';
import { completionScripts } from '../completion/scripts.js';

/** `slimtrace completion SHELL`. */
export function runCompletion(shell: string, { host }: CommandContext): void {
  if (isShell(shell)) host.stdout.write(completionScripts[shell]);
}

/** What the scripts call. Never fails: a message in the middle of somebody's command line helps nobody. */
export async function runComplete(
  program: Command,
  shell: string,
  words: readonly string[],
  { host, signal }: CommandContext,
): Promise<void> {
  if (!isShell(shell)) return;
  const answer = await completeLine(program, shell, words, signal).catch(() => ':end\n');
  host.stdout.write(answer);
}

function isShell(shell: string): shell is CompletionShell {
  return (completionShells as readonly string[]).includes(shell);
}
