import { SlimtraceError } from '../../errors.js';
import type { Position } from '../../schema/yaml.js';

/** Something wrong with the configuration. */
export interface Problem {
  readonly at: Position;
  readonly message: string;
  /** The image whose settings it is about, when it matters to nobody else: a variable that isn't set. */
  readonly image?: string | undefined;
}

/** So many are shown; who has more knows what to do. */
const maxShown = 20;

/** All that is wrong, in the file's order, each with its place, as one error. */
export function configurationError(file: string, problems: readonly Problem[]): SlimtraceError {
  const sorted = [...problems].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const lines = sorted.map(({ at, message }) => `${file}:${at.line}:${at.column}: ${message}`);
  const rest = lines.length - maxShown;
  const shown = [...lines.slice(0, maxShown), ...(rest > 0 ? [`and ${rest} more`] : [])];
  return new SlimtraceError('config-invalid', { file, count: String(lines.length), problems: shown.join('\n') });
}
