import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addRunOptions, addSelectionOptions, addSlimOptions, addTimeOptions } from './options.js';

// Each command's module is loaded when it is run: `--version` and `--help` must not pay for them.

const examples = `
Examples:
  slimtrace slim app:1.2 --http /health --http "POST /login=302"
  slimtrace slim redis:7 --exec "redis-cli ping"
  slimtrace slim jq:1 --exit -- -n "[1,2]|add"`;

export function addSlim(program: Command, context: CommandContext): void {
  const command = program
    .command('slim')
    .summary('make a small image that is proved to work like the original')
    .description(
      'Runs IMAGE under a trace, builds an image of what the run needs, and compares both under the same checks.',
    )
    .argument('<image>', 'image on the engine')
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .addHelpText('after', examples);
  addSlimOptions(addTimeOptions(addSelectionOptions(addRunOptions(command)))).action(
    async (image: string, words: string[], options) => {
      const { runSlim } = await import('./commands/slim.js');
      await runSlim(image, words, options, context);
    },
  );
}

export function addTrace(program: Command, context: CommandContext): void {
  const command = program
    .command('trace')
    .summary('run an image under the trace and write what it touched')
    .description('Runs IMAGE under the trace with the same checks as slim, and writes the trace; nothing is built.')
    .argument('<image>', 'image on the engine')
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .option('-o, --output <file>', 'where the trace goes (JSON); standard output without it');
  addTimeOptions(addRunOptions(command))
    .option('-q, --quiet', 'no progress')
    .action(async (image: string, words: string[], options) => {
      const { runTrace } = await import('./commands/trace.js');
      await runTrace(image, words, options, context);
    });
}

export function addBuild(program: Command, context: CommandContext): void {
  const command = program
    .command('build')
    .summary('build and prove a slim image from a trace made before')
    .description('Goes on from a trace: selects, builds and verifies as slim does, without tracing again.')
    .argument('<image>', 'the image that was traced')
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .requiredOption('--trace <file>', 'the trace (from slimtrace trace)');
  addSlimOptions(addTimeOptions(addSelectionOptions(addRunOptions(command)))).action(
    async (image: string, words: string[], options) => {
      const { runSlim } = await import('./commands/slim.js');
      await runSlim(image, words, options, context);
    },
  );
}

export function addCompare(program: Command, context: CommandContext): void {
  program
    .command('compare')
    .summary('set two images side by side')
    .description(
      'Compares two images: sizes, files, packages, what went, what changed, and how their metadata differs.',
    )
    .argument('<a>', 'image on the engine')
    .argument('<b>', 'image on the engine')
    .option('--deep', 'compare the contents of every file, even where size and time agree')
    .option('--json', 'print the comparison as JSON')
    .option('--markdown', 'print it as Markdown')
    .option('-q, --quiet', 'no progress')
    .action(async (a: string, b: string, options) => {
      const { runCompare } = await import('./commands/compare.js');
      await runCompare(a, b, options, context);
    });
}

export function addWhy(program: Command, context: CommandContext): void {
  program
    .command('why')
    .summary('say why a file is in a slim image, or why it is not')
    .argument('<image>', 'a slim image that was made on this machine')
    .argument('<path>', 'absolute path inside the image')
    .option('--report <file>', 'the report that slim --report wrote, for an image made elsewhere')
    .option('--json', 'print the answer as JSON')
    .action(async (image: string, path: string, options) => {
      const { runWhy } = await import('./commands/why.js');
      await runWhy(image, path, options, context);
    });
}
