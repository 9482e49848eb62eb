import { setTimeout as sleep } from 'node:timers/promises';
import type { TracedContainer } from './traced-container.js';

const pauseMs = 200;

/** Images expose ports that they open only when they are told to (443 of a web server): for others nobody waits longer. */
const straggleMs = 2000;

export interface AwaitListeningOptions {
  /** False: it is enough that one of them opens, and that the others had a little time. */
  readonly needsAll: boolean;
  readonly timeoutMs: number;
  readonly until: AbortSignal;
}

/**
 * Waits until a container listens on its ports, without a connection, which servers would log; returns those that are
 * open when it does, the time is up, or `until` aborts.
 */
export async function awaitListening(
  container: Pick<TracedContainer, 'listeningPorts'>,
  ports: readonly number[],
  { needsAll, timeoutMs, until }: AwaitListeningOptions,
): Promise<readonly number[]> {
  if (ports.length === 0) return [];
  let deadline = performance.now() + timeoutMs;
  let isFirst = true;
  for (;;) {
    if (until.aborted) return [];
    const listening = new Set(await container.listeningPorts());
    const open = ports.filter((port) => listening.has(port));
    if (open.length === ports.length || performance.now() >= deadline) return open;
    if (open.length > 0 && !needsAll && isFirst) {
      isFirst = false;
      deadline = Math.min(deadline, performance.now() + straggleMs);
    }
    await sleep(pauseMs, undefined, { signal: until }).catch(() => {});
  }
}
