import { Argument, type Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { type SchemaName, schemaNames } from './schema-names.js';

const examples = `
For an editor, with the schema beside the configuration and this as its first line:
  slimtrace schema config > slimtrace.schema.json
  # yaml-language-server: $schema=slimtrace.schema.json`;

/** Declares `slimtrace schema`. */
export function addSchema(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .summary('print the JSON Schema of a file that slimtrace reads or writes')
    .description(
      'Prints the JSON Schema (draft 2020-12) of FORMAT: config (slimtrace.yaml), trace, lock, report (slim --json), full-report (slim --report), ci-report (ci --json), doctor (doctor --json) or inspect (inspect --json).',
    )
    .addArgument(new Argument('<format>', 'whose schema').choices(schemaNames))
    .addHelpText('after', examples)
    .action(async (name: SchemaName) => {
      const { runSchema } = await import('./commands/schema.js');
      await runSchema(name, context);
    });
}
