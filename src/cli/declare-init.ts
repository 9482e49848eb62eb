import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addEngineOption } from './options.js';

const examples = `
Examples:
  slimtrace init app:1.2
  slimtrace init web:1.2 worker:1.2 -o deploy/slimtrace.yaml
  slimtrace init                                            without looking at any image`;

/** Declares `slimtrace init`. */
export function addInit(program: Command, context: CommandContext): void {
  const command = program
    .command('init')
    .summary('write a commented slimtrace.yaml to begin with')
    .description(
      'Looks at the configuration of each IMAGE (nothing is run) and writes a slimtrace.yaml for them: what they run, expose and need as comments, and every key there is with what it does. It is valid as it is.',
    )
    .argument('[image...]', 'images on the engine, or archives')
    .option('-o, --output <file>', 'where it goes; - for standard output', 'slimtrace.yaml')
    .option('--force', 'write over a file that is there')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', examples);
  addEngineOption(command).action(async (images: string[], options) => {
    const { runInit } = await import('./commands/init.js');
    await runInit(images, options, context);
  });
}
