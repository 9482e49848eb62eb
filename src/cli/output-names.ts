import { resolve } from 'node:path';
import { SlimtraceError } from '../errors.js';

/** A file that a flag names for something to be written to. */
export interface NamedOutput {
  /** `--sbom` */
  readonly flag: string;
  readonly path: string;
}

/** Throws `usage` for a flag that names nothing, and when two of them name one file: the second would replace the first. */
export function requireOwnFiles(outputs: readonly NamedOutput[]): void {
  const taken = new Map<string, string>();
  for (const { flag, path } of outputs) {
    if (path === '') throw new SlimtraceError('usage', { problem: `${flag} names no file` });
    const other = taken.get(resolve(path));
    if (other !== undefined) throw new SlimtraceError('usage', { problem: `${other} and ${flag} are both ${path}` });
    taken.set(resolve(path), flag);
  }
}
