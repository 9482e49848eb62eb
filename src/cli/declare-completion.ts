import { Argument, type Command } from 'commander';
import type { CommandContext } from './command-context.js';

const installation = `
To install it:
  bash  slimtrace completion bash > ~/.local/share/bash-completion/completions/slimtrace
        or, without the package bash-completion, in ~/.bashrc: source <(slimtrace completion bash)
  zsh   slimtrace completion zsh > "\${fpath[1]}/_slimtrace"
        or, in ~/.zshrc after compinit: source <(slimtrace completion zsh)
  fish  slimtrace completion fish > ~/.config/fish/completions/slimtrace.fish`;

export function addCompletion(program: Command, context: CommandContext): void {
  const shells = ['bash', 'zsh', 'fish'];
  program
    .command('completion')
    .summary('print what lets a shell complete slimtrace’s command lines')
    .description(
      'Prints a script for SHELL with which it completes commands, flags and their values, files, and the names of images and containers.',
    )
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText('after', installation)
    .action(async (shell: string) => {
      const { runCompletion } = await import('./commands/completion.js');
      runCompletion(shell, context);
    });
  program
    .command('__complete', { hidden: true })
    .argument('<shell>')
    .argument('[words...]')
    .action(async (shell: string, words: string[]) => {
      const { runComplete } = await import('./commands/completion.js');
      await runComplete(program, shell, words, context);
    });
}
