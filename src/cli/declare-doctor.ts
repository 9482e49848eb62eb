import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addVerboseOption } from './options.js';

export function addDoctor(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('say what can be slimmed on this machine, and what stands in the way')
    .description(
      'Looks at the engines, the kernel, permissions and room, and runs a tiny container of its own under the trace on each engine. Exit code 0 when at least one can slim, 3 when none can. Nothing is pulled, and nothing is left.',
    )
    .option('--json', 'print what was found as JSON')
    .option('-q, --quiet', 'no progress');
  addVerboseOption(command).action(async (options) => {
    const { runDoctor } = await import('./commands/doctor.js');
    await runDoctor(options, context);
  });
}
