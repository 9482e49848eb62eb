import type { StopRequest } from './interruption.js';
import type { Host } from './terminal.js';

/** What a command's action gets: the host, a signal that Ctrl-C aborts, and where its exit code goes. */
export interface CommandContext {
  readonly host: Host;
  readonly signal: AbortSignal;
  exitWith(code: number): void;
  /** For a command that Ctrl-C ends in good order; until what it returns is disposed of. */
  catchStop(): StopRequest;
}
