import { SlimtraceError } from '../errors.js';

/** What is done on the way to an output, with its failures told as the output's. */
export interface OutputAttempts {
  /** Throws `output-unwritable` whatever goes wrong. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** Throws `output-unwritable` when the file system refuses, and else what the work throws: it is not about the output. */
  write(work: () => Promise<unknown>): Promise<void>;
}

export function outputAttempts(file: string): OutputAttempts {
  const unwritable = (cause: unknown) => new SlimtraceError('output-unwritable', { file }, { cause });
  return {
    async attempt(work) {
      try {
        return await work();
      } catch (cause) {
        throw unwritable(cause);
      }
    },
    async write(work) {
      try {
        await work();
      } catch (error) {
        const cause = writeFailure(error);
        throw cause === undefined ? error : unwritable(cause);
      }
    },
  };
}

/**
 * Makes each attempt, whatever becomes of the others. Resolves to one `output-unwritable` about all that couldn't be written;
 * undefined when everything could. Throws what else goes wrong, once all were made.
 */
export async function attemptAll(
  attempts: readonly (() => Promise<unknown> | undefined)[],
): Promise<SlimtraceError | undefined> {
  const refused: SlimtraceError[] = [];
  const others: unknown[] = [];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      const isRefusal = error instanceof SlimtraceError && error.code === 'output-unwritable';
      if (isRefusal) refused.push(error);
      else others.push(error);
    }
  }
  if (others.length > 0) throw others[0];
  const [first] = refused;
  if (first === undefined || refused.length === 1) return first;
  const file = refused.map(({ details }) => details.file).join(', ');
  return new SlimtraceError('output-unwritable', { file }, { cause: first.cause });
}

/** The file system's refusal that an error comes from, if it does. */
function writeFailure(error: unknown): Error | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (/^(?:ENOSPC|EDQUOT|EIO|EROFS|EFBIG)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return cause;
  return undefined;
}
