import type { Command } from 'commander';
import { SlimtraceError } from '../errors.js';
import type { CommandContext } from './command-context.js';
import {
  addConfigOptions,
  addContainerEngineOption,
  addEngineOption,
  addRunOptions,
  addSelectionOptions,
  addSlimOptions,
  addTimeOptions,
  repeatable,
} from './options.js';
import type { SlimmingFlags } from './slim-run.js';

// Each command's module is loaded when it is run: `--version` and `--help` must not pay for them.

type TraceFlags = Parameters<typeof import('./commands/trace.js').runTrace>[2];

type VerifyFlags = Parameters<typeof import('./commands/verify.js').runVerify>[3];

const imageWords = 'image on the engine, or an archive (docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY)';

const imageKeyWords = 'or its key in slimtrace.yaml; not needed where that has only one';

const configuredImageWords = `${imageWords}, ${imageKeyWords}`;

const slimWords = 'a slim image that was made on this machine';

const commandWords = 'after --: replaces the image’s command, as for docker run';

const examples = `
Examples:
  slimtrace slim app:1.2 --http /health --http "POST /login=302"
  slimtrace slim redis:7 --exec "redis-cli ping"
  slimtrace slim oci-archive:app.tar --http /
  slimtrace slim jq:1 --exit -- -n "[1,2]|add"`;

export function addSlim(program: Command, context: CommandContext): void {
  const command = program
    .command('slim')
    .summary('make a small image that is proved to work like the original')
    .description(
      'Runs IMAGE under a trace, builds an image of what the run needs, and compares both under the same checks.',
    )
    .argument('[image]', configuredImageWords)
    .addHelpText('after', examples);
  addSlimming(command, context);
}

/** What `slim` and `build` share; of `oneOf`, one has to be given, as a flag or in the configuration. */
function addSlimming(command: Command, context: CommandContext, oneOf: readonly ('trace' | 'lock')[] = []): void {
  command.argument('[command...]', commandWords);
  addConfigOptions(addEngineOption(addSlimOptions(addTimeOptions(addSelectionOptions(addRunOptions(command)))))).action(
    async () => {
      const { readRequest } = await import('./configuration/read-request.js');
      const { image, command: words, flags } = await readRequest<SlimmingFlags>(command, context);
      if (oneOf.length > 0 && oneOf.every((name) => flags[name] === undefined))
        throw new SlimtraceError('usage', {
          problem: `${command.name()} needs ${oneOf.map((name) => `--${name} FILE`).join(' or ')}`,
          hint: 'slimtrace trace writes a trace, slimtrace lock a lock; slimtrace slim needs neither',
        });
      const { runSlim } = await import('./commands/slim.js');
      await runSlim(image, words, flags, context);
    },
  );
}

export function addTrace(program: Command, context: CommandContext): void {
  const command = program
    .command('trace')
    .summary('run an image under the trace and write what it touched')
    .description('Runs IMAGE under the trace with the same checks as slim, and writes the trace; nothing is built.')
    .argument('[image]', configuredImageWords)
    .argument('[command...]', commandWords)
    .option('-o, --output <file>', 'where the trace goes (JSON, compressed as FILE.gz); standard output without it')
    .option('--as <name>', 'what this trace is called once it is merged with others (default: its file’s name)')
    .option('--syscalls', 'trace every system call, for a seccomp profile');
  addConfigOptions(addEngineOption(addTimeOptions(addRunOptions(command))))
    .option('-q, --quiet', 'no progress')
    .action(async () => {
      const { readRequest } = await import('./configuration/read-request.js');
      // The output of the configuration is the slim image's.
      const { image, command: words, flags } = await readRequest<TraceFlags>(command, context, ['output']);
      const { runTrace } = await import('./commands/trace.js');
      await runTrace(image, words, flags, context);
    });
}

export function addBuild(program: Command, context: CommandContext): void {
  const command = program
    .command('build')
    .summary('build and prove a slim image from a trace or a lock made before')
    .description(
      'Goes on from a trace or a lock: selects, builds and verifies as slim does, without tracing again. It may be of another build of the same image.',
    )
    .argument('[image]', `the image that was traced, or its next build, ${imageKeyWords}`);
  addSlimming(command, context, ['trace', 'lock']);
}

export function addVerify(program: Command, context: CommandContext): void {
  const command = program
    .command('verify')
    .summary('make the same checks on two images and compare the answers')
    .description('Runs ORIGINAL and SLIM as they are, with the same checks as slim, and compares; builds nothing.')
    .argument('[original]', configuredImageWords)
    .argument('[slim]', 'the image that has to answer as the original does (default: what slim calls it)')
    .argument('[command...]', 'after --: replaces the images’ command, as for docker run');
  addConfigOptions(addEngineOption(addTimeOptions(addRunOptions(command))))
    .option('--json', 'print the result as JSON')
    .option('-q, --quiet', 'no progress')
    .action(async () => {
      const { readVerifyRequest } = await import('./configuration/read-request.js');
      const { image, slim, command: words, flags } = await readVerifyRequest<VerifyFlags>(command, context);
      const { runVerify } = await import('./commands/verify.js');
      await runVerify(image, slim, words, flags, context);
    });
}

export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .summary('set two images side by side')
    .description(
      'Compares two images: sizes, files, packages, what went, what changed, and how their metadata differs.',
    )
    .argument('<a>', imageWords)
    .argument('<b>', imageWords)
    .option('--deep', 'compare the contents of every file, even where size and time agree')
    .option('--json', 'print the comparison as JSON')
    .option('--markdown', 'print it as Markdown')
    .option('-q, --quiet', 'no progress');
  addEngineOption(command).action(async (a: string, b: string, options) => {
    const { runCompare } = await import('./commands/compare.js');
    await runCompare(a, b, options, context);
  });
}

export function addWhy(program: Command, context: CommandContext): void {
  const command = program.command('why').summary('say why a file is in a slim image, or why it is not');
  addPathQuestion(command).action(async (image: string, path: string, options) => {
    const { runWhy } = await import('./commands/why.js');
    await runWhy(image, path, options, context);
  });
}

export function addWhyNot(program: Command, context: CommandContext): void {
  const command = program.command('why-not').summary('say why a file is not in a slim image, and what would keep it');
  addPathQuestion(command).action(async (image: string, path: string, options) => {
    const { runWhyNot } = await import('./commands/why.js');
    await runWhyNot(image, path, options, context);
  });
}

/** What `why` and `why-not` share. */
function addPathQuestion(command: Command): Command {
  command.argument('<image>', slimWords).argument('<path>', 'absolute path inside the image');
  return addEngineOption(addReportOptions(command, 'answer'));
}

/** For questions about an image that was slimmed before. */
function addReportOptions(command: Command, answer: string): Command {
  return command
    .option('--report <file>', 'the report that slim --report wrote, for an image made elsewhere')
    .option('--json', `print the ${answer} as JSON`)
    .option('-q, --quiet', 'no progress');
}

export function addDebug(program: Command, context: CommandContext): void {
  const command = program
    .command('debug')
    .summary('open a shell next to a running container that has none')
    .description(
      'Opens a shell in a container of its own, with a static busybox, that shares the processes and the network of CONTAINER; its files are below /proc/1/root. The container itself is left as it is. The exit code is the shell’s.',
    )
    .argument('<container>', 'name or ID of a running container of docker or podman')
    .argument('[command...]', 'after --: instead of a shell')
    .addOption(repeatable('-e, --env <name[=value]>', 'environment variable'))
    .option('-u, --user <user>', 'UID[:GID] to be, instead of root')
    .option('--busybox <file>', 'the static busybox to use (default: this machine’s, or Debian’s busybox-static)')
    .option('-q, --quiet', 'no word about where things are')
    .addHelpText(
      'after',
      "\nExamples:\n  slimtrace debug web\n  slimtrace debug web -- wget -qO- http://localhost:8080/health\n  echo 'ls /proc/1/root' | slimtrace debug web",
    );
  addContainerEngineOption(command).action(async (container: string, words: string[], options) => {
    const { runDebug } = await import('./commands/debug.js');
    await runDebug(container, words, options, context);
  });
}

export function addDiagnose(program: Command, context: CommandContext): void {
  const command = program
    .command('diagnose')
    .summary('find what a log misses among what was left out of a slim image')
    .description(
      'Reads what a container printed, finds what it says is missing, and says what of it slimming left out and how to keep it. Exit code 0 when something left out explains the log, 1 when nothing does.',
    )
    .argument('<image>', slimWords)
    .argument('<logfile>', 'what the container printed; - for standard input')
    .addHelpText('after', '\nExample:\n  docker logs web 2>&1 | slimtrace diagnose app:1.2-slim -');
  addEngineOption(addReportOptions(command, 'findings')).action(async (image: string, file: string, options) => {
    const { runDiagnose } = await import('./commands/diagnose.js');
    await runDiagnose(image, file, options, context);
  });
}
