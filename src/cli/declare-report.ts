import { type Command, Option } from 'commander';
import { markdownLimits } from '../report/markdown-limits.js';
import type { CommandContext } from './command-context.js';
import { addEngineOption } from './options.js';

export function addReport(program: Command, context: CommandContext): void {
  const command = program
    .command('report')
    .summary('show a report again: as text, HTML, Markdown or JSON')
    .description(
      'Shows what slimming an image came to, from the file that slim --report wrote, or by the name of a slim image that was made on this machine.',
    )
    .argument('<report|image>', 'a report (JSON), or a slim image that was made on this machine')
    .option('--html <file>', 'write it as one HTML page to look at and search')
    .option('--markdown [file]', 'write a summary for a pull request; to standard output without a file')
    .addOption(
      new Option('--for <place>', 'where that summary goes: it is as long as fits there')
        .choices(Object.keys(markdownLimits))
        .default('github-comment'),
    )
    .option('--json', 'print it as JSON, without the lists of paths')
    .option('--explain-size', 'tell what each defence costs in bytes')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  slimtrace report app:1.2-slim --html report.html\n  slimtrace report report.json --markdown | gh pr comment --body-file -',
    );
  addEngineOption(command).action(async (what: string, options) => {
    const { runReport } = await import('./commands/report.js');
    await runReport(what, options, context);
  });
}
