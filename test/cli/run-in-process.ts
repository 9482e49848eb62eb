import { run } from '../../src/cli/program.ts';
import type { Host } from '../../src/cli/terminal.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process with collected output, told of what goes to stderr; for what needs no engine. */
export async function runInProcess(
  args: readonly string[],
  env: Host['env'] = {},
  onStderr: (text: string) => void = () => {},
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    on: () => {},
    write: (text: string, done?: () => void) => {
      written[name] += text;
      if (name === 'stderr') onStderr(text);
      done?.();
    },
  });
  const host: Host = {
    argv: ['node', 'slimtrace', ...args],
    env,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    on: () => {},
    off: () => {},
  };
  return { exitCode: await run(host), ...written };
}
