import { ansiStyle, plainStyle, type Style } from '../report/style.js';

/** The parts of a process that the command line uses: `process` itself, or a stand-in. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
  on(event: NodeJS.Signals, listener: () => void): unknown;
  on(event: 'uncaughtException', listener: (error: Error) => void): unknown;
  off(event: NodeJS.Signals | 'uncaughtException', listener: (...args: never[]) => void): unknown;
}

/** The parts of a stream that is written. `done` is called when the text has left, or could not. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** The file descriptor, of a process's own. */
  readonly fd?: number;
  write(text: string, done?: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The host, with other streams. */
export function withStreams(host: Host, { stdout, stderr }: Pick<Host, 'stdout' | 'stderr'>): Host {
  return {
    argv: host.argv,
    env: host.env,
    ...(host.stdin === undefined ? {} : { stdin: host.stdin }),
    stdout,
    stderr,
    on: host.on.bind(host) as Host['on'],
    off: host.off.bind(host),
  };
}

/** Colour for a terminal only, unless NO_COLOR (no-color.org) or FORCE_COLOR say otherwise. */
export function styleFor(stream: Stream, env: Host['env']): Style {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return plainStyle;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0') return ansiStyle;
  return stream.isTTY && env.TERM !== 'dumb' ? ansiStyle : plainStyle;
}
