import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addEngineOption } from './options.js';

export function addInspect(program: Command, context: CommandContext): void {
  const command = program
    .command('inspect')
    .summary('show what an image is made of, and what of it is wasted')
    .description(
      'Looks at an image and runs nothing of it: layers, what they hide of one another, contents that stand there twice, large directories and files, packages, what somebody who gets in would find, and how it was made. An engine writes the image out for that; --fast does without, and without layers.',
    )
    .argument('<image>', 'image on the engine, or an archive (docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY)')
    .option('--fast', 'list the files only: nothing about layers, wasted bytes and history')
    .option('--rows <n>', 'rows of each list', '10')
    .option('--json', 'print everything as JSON')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nWasted are the contents that a layer brings and a later one replaces or removes: they are moved and stored all\nthe same, secrets in them too. Efficiency is the share of all layers’ contents that is left to be seen.\n\nExamples:\n  slimtrace inspect app:1.2\n  slimtrace inspect oci-archive:app.tar --json | jq .waste.bytes',
    );
  addEngineOption(command).action(async (image: string, options) => {
    const { runInspect } = await import('./commands/inspect.js');
    await runInspect(image, options, context);
  });
}
