import { type Host, type Stream, withStreams } from './terminal.js';

/** The stream behind one that is guarded. */
const unguarded = new WeakMap<Stream, Stream>();

/**
 * The host, with nothing it prints being a command to GitHub's runner: that takes a line that begins with `::`, and
 * `##[` anywhere in one, from any program's output, and an image decides much of what is printed. Outside of GitHub
 * Actions, the host as it is.
 */
export function guardWorkflowCommands(host: Host): Host {
  if (host.env.GITHUB_ACTIONS !== 'true') return host;
  return withStreams(host, { stdout: guardStream(host.stdout), stderr: guardStream(host.stderr) });
}

/** Writes workflow commands past the guard. */
export function writeWorkflowCommands(stream: Stream, commands: string): void {
  (unguarded.get(stream) ?? stream).write(commands);
}

function guardStream(stream: Stream): Stream {
  const guarded: Stream = {
    get isTTY() {
      return stream.isTTY ?? false;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    write: (text, done) => stream.write(disarm(text), done),
    on: (event, listener) => stream.on(event, listener),
  };
  unguarded.set(guarded, stream);
  return guarded;
}

/** The escapes are JSON's as well as ours: in a document that is printed, the value stays the same. */
function disarm(text: string): string {
  return text.replaceAll('##[', '#\\u0023[').replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a');
}
