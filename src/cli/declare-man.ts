import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';

export function addMan(program: Command, context: CommandContext): void {
  program
    .command('man')
    .summary('print the manual page')
    .description(
      'Prints the manual page as man(7) source. Where npm installed slimtrace for everybody (--global), man slimtrace shows it.',
    )
    .addHelpText('after', '\nTo read it:\n  slimtrace man | man -l -')
    .action(async () => {
      const { runMan } = await import('./commands/man.js');
      runMan(program, context);
    });
}
