/** How long a command may take to end in its own way. */
export const endGraceMs = 2000;

/** What ends a command with all that it started; disposing it says that the command has ended. */
export interface GroupEnder extends Disposable {
  end(): void;
  /** It was ended because its time was up. */
  readonly hasTimedOut: boolean;
}

/**
 * Ends a command together with all that it started (ssh, a credential helper), when told to, by an abort or after a
 * time: whoever is left would hold its output open, and we would wait for it. It leads a process group of its own.
 */
export function endGroupOn(pid: number | undefined, signal: AbortSignal | undefined, timeoutMs?: number): GroupEnder {
  let force: NodeJS.Timeout | undefined;
  // Its ID may be another's by then.
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    killGroup(pid, 'SIGTERM');
    force ??= setTimeout(() => killGroup(pid, 'SIGKILL'), endGraceMs);
  };
  let hasTimedOut = false;
  const expire = () => {
    hasTimedOut = !hasEnded;
    end();
  };
  const limit = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  return {
    end,
    get hasTimedOut() {
      return hasTimedOut;
    },
    [Symbol.dispose]() {
      hasEnded = true;
      signal?.removeEventListener('abort', end);
      clearTimeout(limit);
      clearTimeout(force);
    },
  };
}

function killGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    // Windows has no process groups to signal.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended.
  }
}
