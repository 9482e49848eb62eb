import { formatSeconds } from '../report/format.js';
import { type CommandOutcome, type CommandWatcher, watchCommands } from '../system/command-watch.js';
import { renderCommandLine } from './command-line-text.js';
import { type Host, styleFor } from './terminal.js';

/** A command that takes longer is told before it has ended: it may be what everybody waits for. */
const patienceMs = 3000;

/** So many of those that were repeated are told at the end. */
const toldRepetitions = 20;

/** Whether a run is to tell what it starts: by `--verbose`, or by SLIMTRACE_VERBOSE where the flag is hard to add, as in CI. */
export function isVerbose(flags: { readonly verbose?: true | undefined }, env: Host['env']): boolean {
  return flags.verbose === true || !['', '0', undefined].includes(env.SLIMTRACE_VERBOSE);
}

/** Where it is told already, and by how many it is wanted. */
const tellers = new WeakMap<Host, { wanted: number; readonly telling: Disposable }>();

/** {@link tellCommands}, once however many want it, until the last of them is disposed of. */
export function openVerbose(host: Host): Disposable {
  const teller = tellers.get(host) ?? { wanted: 0, telling: tellCommands(host) };
  teller.wanted += 1;
  tellers.set(host, teller);
  return {
    [Symbol.dispose]() {
      teller.wanted -= 1;
      if (teller.wanted > 0) return;
      tellers.delete(host);
      teller.telling[Symbol.dispose]();
    },
  };
}

/**
 * Tells on stderr each command that is started from now on, when it has ended: as one would type it, secrets left out,
 * with its exit code and its time. One that is made again and again, as when something is waited for, is told once, and
 * at the end how often it was repeated. Leaving the scope ends it.
 */
function tellCommands(host: Host): Disposable {
  const style = styleFor(host.stderr, host.env);
  // On a terminal progress may stand on the line: it is drawn again by itself.
  const clear = host.stderr.isTTY ? '\r\u001b[2K' : '';
  const write = (text: string) => void host.stderr.write(`${clear}${style.dim(text)}\n`);
  const repetitions = new Map<string, number>();
  const watcher: CommandWatcher = (file, args) => {
    const startedMs = performance.now();
    const line = renderCommandLine(file, args);
    const patience = setTimeout(() => write(`$ ${line}  (still running)`), patienceMs);
    patience.unref();
    return (outcome) => {
      clearTimeout(patience);
      const key = `${line}  (${describeOutcome(outcome)}`;
      const times = repetitions.get(key);
      repetitions.set(key, (times ?? 0) + 1);
      if (times === undefined) write(`$ ${key}, ${formatSeconds(performance.now() - startedMs)})`);
    };
  };
  const watching = watchCommands(watcher);
  return {
    [Symbol.dispose]() {
      watching[Symbol.dispose]();
      const repeated = [...repetitions].filter(([, times]) => times > 1).sort(([, left], [, right]) => right - left);
      for (const [key, times] of repeated.slice(0, toldRepetitions)) write(`$ ${key}, ${times} times in all)`);
      const more = repeated.length - toldRepetitions;
      if (more > 0) write(`and ${more} more that were repeated`);
    },
  };
}

function describeOutcome({ exitCode, isMissing, hasTimedOut }: CommandOutcome): string {
  if (isMissing) return 'not found';
  return hasTimedOut ? 'ended, its time was up' : `exit ${exitCode}`;
}
