import type { Command } from 'commander';
import { addBorrowedOptions } from './borrowed-options.js';
import type { CommandContext } from './command-context.js';
import type { LockFlags } from './commands/lock.js';

const examples = `
Examples:
  slimtrace lock app:1.2 --http /health                    traces, proves, and writes slimtrace.lock
  slimtrace slim app:1.3 --lock slimtrace.lock             rebuilds by it in CI, with nothing privileged
  slimtrace lock --check app:1.3                           only says whether the build has drifted
  slimtrace lock --update app:1.3                          traces anew, and shows what is different`;

/** Declares `slimtrace lock`. */
export function addLock(program: Command, context: CommandContext): void {
  const command = program
    .command('lock')
    .summary('write down what is kept and why, to review, commit and rebuild by')
    .description(
      'Makes and proves a slim image as slim does, leaves none, and writes what it keeps, with reasons, as a file for review. With it, slim rebuilds without tracing, and fails when the image has drifted from it.',
    )
    .argument('[image]', 'as for slim; with --update and --check, the lock’s own where none is named')
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .optionsGroup('Lock:')
    .option(
      '-o, --output <file>',
      'where the lock is (default: what the configuration’s `lock` says, else slimtrace.lock)',
    )
    .option('--update', 'write one that is there anew: flags as it says, its comments and what it allows kept')
    .option('--check', 'only say whether IMAGE has drifted from it: exit code 0 or 1; nothing is run or built')
    .addHelpText('after', examples);
  addBorrowedOptions(command, 'lock').action(async () => {
    const { readLockRequest, runLock } = await import('./commands/lock.js');
    const { image, command: words, flags } = await readLockRequest(command, context);
    await runLock(image, words, flags as LockFlags, context);
  });
}
