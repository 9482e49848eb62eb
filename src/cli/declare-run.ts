import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addContainerOptions, addEngineOption, addTimeOptions, repeatable } from './options.js';

/** Declares `slimtrace run`. */
export function addRun(program: Command, context: CommandContext): void {
  const command = program
    .command('run')
    .summary('run an image under the trace for tests of your own')
    .description(
      'Runs IMAGE under the trace while something else uses it, a test suite, say, and writes what it touched. It lasts until the command of --drive has ended, or else until Ctrl-C, `docker stop`, or the application’s own end. Exit code 1 when the driver or the application failed; the trace is written all the same.',
    )
    .argument('<image>', 'image on the engine, or an archive (docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY)')
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .option(
      '-d, --drive <command>',
      'shell command that uses it, run here once the ports are open; it finds SLIMTRACE_HOST, SLIMTRACE_PORT, SLIMTRACE_PORT_<port> and SLIMTRACE_CONTAINER in its environment',
    )
    .option('-o, --output <file>', 'where the trace goes (JSON, compressed as FILE.gz); standard output without it')
    .option('--as <name>', 'what this trace is called once it is merged with others (default: its file’s name)')
    .option('--syscalls', 'trace every system call, for a seccomp profile');
  addContainerOptions(command)
    .addOption(
      repeatable(
        '-p, --publish <port>',
        '[[IP:]PORT:]PORT; without it, exposed ports are at free ones of the loopback',
      ),
    )
    .option('-P, --publish-all', 'publish all exposed ports, at free ones of the engine’s machine')
    .option('--name <name>', 'name of the container')
    .addOption(repeatable('--network-alias <name>', 'name in that network, of the service it stands in for'));
  addEngineOption(addTimeOptions(command))
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  slimtrace run app:1.2 --drive "npm test" --output trace.json\n  slimtrace run app:1.2 --publish 8080:80 --output trace.json\n  slimtrace run app:1.2 --network shop_default --network-alias web --drive "docker compose run --no-deps tests" -o trace.json',
    )
    .action(async (image: string, words: string[], options) => {
      const { runRun } = await import('./commands/run.js');
      await runRun(image, words, options, context);
    });
}
