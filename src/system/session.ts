import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one run of slimtrace, so that whatever it creates on an engine can be told from other runs' things. */
export interface Session {
  /** Lower-case letters and digits: usable in image and container names. */
  readonly id: string;
  readonly pid: number;
  /** The machine and PID namespace that `pid` belongs to. */
  readonly host: string;
}

export function startSession(): Session {
  return { id: randomBytes(6).toString('hex'), pid: process.pid, host: `${hostname()}-${pidNamespace()}` };
}

/** A process ID says who is meant only within its PID namespace; containers may share the host's name (namespaces(7)). */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0'; // not Linux: there is but one
  }
}

/** True when a process of that ID runs on this machine (kill(2) with signal 0). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
