import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';

/** Declares `slimtrace merge`. */
export function addMerge(program: Command, context: CommandContext): void {
  program
    .command('merge')
    .summary('make one trace of several')
    .description(
      'Merges traces of one image, from the shards of a test suite, say. What it gives knows of each path which runs of which trace touched it.',
    )
    .argument('<traces...>', 'traces (from slimtrace trace, run or merge)')
    .option(
      '-o, --output <file>',
      'where the merged trace goes (JSON, compressed as FILE.gz); standard output without it',
    )
    .option('-q, --quiet', 'no words but errors')
    .addHelpText(
      'after',
      '\nExample:\n  slimtrace merge shard-*.json --output trace.json && slimtrace build app:1.2 --trace trace.json --http /',
    )
    .action(async (files: [string, ...string[]], options) => {
      const { runMerge } = await import('./commands/merge.js');
      await runMerge(files, options, context);
    });
}
