import { type Command, Option } from 'commander';

/** Whose files and commands a pipeline's results are told with. */
export type Platform = 'github' | 'gitlab' | 'plain';

export interface PlatformFlags {
  readonly platform: 'auto' | Platform;
  readonly junit?: string;
  readonly metrics?: string;
  readonly dotenv?: string;
  readonly markdown?: string;
}

/** Where `slimtrace ci` tells its results beside stdout. */
export function addPlatformOptions(command: Command): Command {
  return command
    .optionsGroup('Outputs:')
    .addOption(
      // No default: one here would count as given, and win over the configuration's.
      new Option('--platform <platform>', 'whose conventions the outputs follow (default: by the environment)').choices(
        ['auto', 'github', 'gitlab', 'plain'],
      ),
    )
    .option('--junit <file>', 'write checks, budgets and locks as test cases (gitlab: slimtrace-junit.xml)')
    .option('--metrics <file>', 'write the figures as OpenMetrics text (gitlab: slimtrace-metrics.txt)')
    .option('--dotenv <file>', 'write variables for later jobs (gitlab: slimtrace.env)')
    .option('--markdown <file>', 'write the summary of all images (github: the step’s summary)');
}
