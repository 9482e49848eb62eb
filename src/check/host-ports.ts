import { connect } from 'node:net';
import { SlimtraceError } from '../errors.js';
import { startDeadline } from '../system/deadline.js';
import type { Check } from './check.js';

/** A port of this machine answers or refuses at once. */
const dialTimeoutMs = 1000;

/**
 * Makes sure that nobody listens yet on the ports that are to be checked, for containers on this machine's own network:
 * somebody else's answers would be taken for the image's. Throws `usage`.
 */
export async function requireFreePorts(checks: readonly Check[], signal: AbortSignal): Promise<void> {
  const ports = new Set(checks.flatMap((check) => ('port' in check ? [check.port] : [])));
  for (const port of ports)
    if (await isTaken(port, signal))
      throw new SlimtraceError('usage', {
        problem: `port ${port} of this machine is in use, and with --network host its answers would be taken for the image’s`,
        hint: 'end what listens there, or leave out --network host',
      });
}

async function isTaken(port: number, signal: AbortSignal): Promise<boolean> {
  using deadline = startDeadline(dialTimeoutMs, signal);
  const answer = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, signal: deadline.signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  signal.throwIfAborted();
  return answer;
}
