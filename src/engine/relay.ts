import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { RunningExec } from './engine.js';

/** The relay's exit code when nothing listens on the port (EX_UNAVAILABLE, sysexits(3)). */
const refusedExitCode = 69;

/**
 * Turns a running `relay HOST PORT` into a connection. The relay prints `+` once it is connected; everything after
 * that byte is the peer's. Rejects with `code: 'ECONNREFUSED'` when it could not connect.
 */
export async function openRelay(relay: RunningExec, signal: AbortSignal): Promise<Duplex> {
  try {
    await connected(relay, signal);
  } catch (error) {
    await relay[Symbol.asyncDispose]();
    throw error;
  }
  const connection = Duplex.from({ writable: relay.stdin, readable: relay.stdout });
  // Ending it early (destroy) is reported as an error to whoever still listens; nobody has to.
  connection.on('error', () => {});
  connection.once('close', () => void relay[Symbol.asyncDispose]());
  return connection;
}

async function connected(relay: RunningExec, signal: AbortSignal): Promise<void> {
  const first = await Promise.race([firstByte(relay.stdout, signal), relay.ended.then(() => undefined)]);
  if (first === '+') return;
  const { exitCode, stderr } = await relay.ended;
  const code = exitCode === refusedExitCode ? 'ECONNREFUSED' : 'EIO';
  throw Object.assign(new Error(stderr.trim() || `the relay ended with exit code ${exitCode}`), { code });
}

async function firstByte(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<string | undefined> {
  for (;;) {
    const chunk = stream.read(1) as Buffer | null;
    if (chunk !== null) return chunk.toString('latin1');
    if (!stream.readable) return undefined;
    await Promise.race([once(stream, 'readable', { signal }), once(stream, 'end', { signal })]);
  }
}
