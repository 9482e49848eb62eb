import { type Command, Option } from 'commander';
import type { CiFlags } from './ci/ci-options.js';
import { addPlatformOptions } from './ci/platform-options.js';
import type { CommandContext } from './command-context.js';
import { addVerboseOption, repeatable } from './options.js';

const examples = `
Exit code: 0 every image passed; 1 one is not proved, over budget, or not as its lock says; 2 or 3 one could not be judged,
whatever became of the others; the worst of them counts.

Examples:
  slimtrace ci
  slimtrace ci web worker --concurrency 4 --deadline verify=2m --deadline 20m
  slimtrace ci --resume
  slimtrace ci --accepted sizes.json --accept`;

/** Declares `slimtrace ci`. */
export function addCi(program: Command, context: CommandContext): void {
  const command = program
    .command('ci')
    .summary('slim every image of the configuration, for a pipeline')
    .description(
      'Slims and proves the images of slimtrace.yaml side by side, with their budgets and locks, and tells a pipeline what came of them. Flags win over what the file says below `ci`.',
    )
    .argument('[image...]', 'keys of images in the configuration (default: all)')
    .option('--config <file>', 'the configuration (default: slimtrace.yaml or slimtrace.yml here)')
    .addOption(
      new Option('--engine <engine>', 'what runs containers, for every image').choices([
        'auto',
        'docker',
        'podman',
        'embedded',
      ]),
    )
    .option('--concurrency <n>', 'how many images at once (default: 2)')
    .option('--fail-fast', 'begin no further image after one that isn’t good')
    .addOption(
      repeatable('--deadline <[phase=]time>', 'longest time for a phase of an image, or for all of it: trace=5m, 30m'),
    )
    .option('--resume [file]', 'take the images that had passed before from there, if all about them is as it was')
    .optionsGroup('Sizes:')
    .option('--accepted <file>', 'compare with the sizes accepted last; fail-if-larger then goes by them')
    .option('--accept', 'accept the sizes of the images that pass, for the next time');
  addPlatformOptions(command)
    .option('--report <file>', 'write the report of all images (JSON)')
    .option('--html <directory>', 'write a page for each image there')
    .option('--json', 'print the report as JSON')
    .option('-q, --quiet', 'no progress');
  addVerboseOption(command)
    .addHelpText('after', examples)
    .action(async (keys: string[], _options, self: Command) => {
      const { runCi } = await import('./commands/ci.js');
      await runCi(keys, givenFlags(self), context);
    });
}

/** Those on the command line: what is only a default doesn't win over the configuration. */
function givenFlags(command: Command): CiFlags {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(given);
}
