import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded } from '../system/concurrency.js';
import { startDeadline } from '../system/deadline.js';
import type { CheckRun } from './check.js';
import { choice, type Fields } from './field.js';
import type { Subject } from './subject.js';

/** No application listens on more ports that matter. */
const mostPorts = 32;

/** Each attempt may go through a relay of its own: so many at once are no load. */
const atOnce = 8;

/** A port may open a little later than the one that was checked. */
const patienceMs = 2000;
const dialTimeoutMs = 1000;
const pauseMs = 200;

interface Ends {
  /** Aborts when the container has ended: nobody accepts anything any more. */
  readonly ended: AbortSignal;
  /** Aborts the run. */
  readonly signal: AbortSignal;
  /** Ports that the original refuses, as one that listens on loopback alone does: they are tried once. */
  readonly refused?: readonly number[];
}

/** Tries the ports that the original was seen to listen on: `port 8080` is `accepts` or `refuses`. */
export async function describePorts(
  subject: Pick<Subject, 'connect'>,
  ports: readonly number[],
  ends: Ends,
): Promise<Fields> {
  const asked = [...new Set(ports)].sort((left, right) => left - right).slice(0, mostPorts);
  const answers = await mapBounded(asked, atOnce, (port) => accepts(subject, port, ends));
  return Object.fromEntries(
    asked.map((port, index) => [`port ${port}`, choice(answers[index] === true ? 'accepts' : 'refuses')]),
  );
}

/** The ports that every one of these runs found refusing. */
export function refusedPorts(runs: readonly CheckRun[]): readonly number[] {
  const [first, ...others] = runs.map(({ fields }) =>
    Object.entries(fields).flatMap(([name, field]) => {
      const [, port] = /^port (\d+)$/.exec(name) ?? [];
      return port !== undefined && field.kind === 'choice' && field.value === 'refuses' ? [Number(port)] : [];
    }),
  );
  return (first ?? []).filter((port) => others.every((refused) => refused.includes(port)));
}

async function accepts(
  subject: Pick<Subject, 'connect'>,
  port: number,
  { ended, signal, refused = [] }: Ends,
): Promise<boolean> {
  for (const endMs = performance.now() + patienceMs; !ended.aborted && performance.now() < endMs; ) {
    using deadline = startDeadline(dialTimeoutMs, ended);
    try {
      (await subject.connect(port, deadline.signal)).destroy();
      return true;
    } catch {} // tried again
    if (refused.includes(port)) break;
    await sleep(pauseMs, undefined, { signal: ended }).catch(() => {});
  }
  signal.throwIfAborted();
  return false;
}
