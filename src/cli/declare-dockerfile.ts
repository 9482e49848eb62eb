import type { Command } from 'commander';
import { addBorrowedOptions } from './borrowed-options.js';
import type { CommandContext } from './command-context.js';
import type { DockerfileFlags } from './commands/dockerfile.js';

const examples = `
Examples:
  slimtrace dockerfile app:1.2 --http /health | docker build -t app:1.2-slim -
  slimtrace dockerfile app:1.2 --http /health --base distroless -o slim.Dockerfile
  slimtrace dockerfile app:1.2 --http /health --dockerfile Dockerfile -o Dockerfile
BuildKit builds it: Docker 23 or later, or DOCKER_BUILDKIT=1 before.`;

/** Declares `slimtrace dockerfile`: the flags of slim, but for those about an image that is written. */
export function addDockerfile(program: Command, context: CommandContext): void {
  const command = program
    .command('dockerfile')
    .summary('write the slim image as stages of a Dockerfile')
    .description(
      'Makes and proves a slim image as slim does, and writes the Dockerfile that builds it out of IMAGE, with no build context; no image is left.',
    )
    .argument(
      '[image]',
      'image on the engine, or an archive of one that the builder knows by --from; or its key in slimtrace.yaml',
    )
    .argument('[command...]', 'after --: replaces the image’s command, as for docker run')
    .optionsGroup('Dockerfile:')
    .option('-o, --output <file>', 'where it goes; standard output without it')
    .option('--dockerfile <file>', 'the team’s own, from which IMAGE was built: the stages are added behind its own')
    .option('--context <directory>', 'its build context, for what .dockerignore could name (default: where it is)')
    .option('--from <name>', 'how the builder finds IMAGE, instead of its name and its digest in a registry')
    .option('--builder <image>', 'an image with a shell and GNU tar, for one that lacks them')
    .option('--json', 'print the Dockerfile and what there is to say about it as JSON')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', examples);
  addBorrowedOptions(command, 'dockerfile').action(async () => {
    const { readRequest } = await import('./configuration/read-request.js');
    // The output of the configuration is the slim image's.
    const { image, command: words, flags } = await readRequest<DockerfileFlags>(command, context, ['output']);
    const { runDockerfile } = await import('./commands/dockerfile.js');
    await runDockerfile(image, words, flags, context);
  });
}
