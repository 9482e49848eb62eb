import { SlimtraceError } from '../errors.js';
import { type FilePlace, isBelow, placeOfFile } from '../system/file-place.js';

/** A file that a flag names, to be read or to be written. */
export interface NamedFile {
  /** `--sbom` */
  readonly flag: string;
  readonly path: string;
  /** An OCI layout: all in it is its own. */
  readonly isDirectory?: boolean;
}

/**
 * Throws `usage` for an output that names nothing, and when two outputs are one file, or an output is one of the inputs: what
 * is written last would replace the other. Spellings and links make no difference, and nothing lies inside of a directory
 * that is written or read as a whole.
 */
export function requireOwnFiles(outputs: readonly NamedFile[], inputs: readonly NamedFile[] = []): void {
  const nameless = outputs.find(({ path }) => path === '');
  if (nameless !== undefined) throw new SlimtraceError('usage', { problem: `${nameless.flag} names no file` });
  const placed = (file: NamedFile) => ({ ...file, place: placeOfFile(file.path) });
  const read = inputs.filter(({ path }) => path !== '').map(placed);
  const written: Placed[] = [];
  for (const output of outputs.map(placed)) {
    const rival = written.find((other) => meets(output, other));
    if (rival !== undefined) throw refuse(output, rival, false);
    const input = read.find((other) => meets(output, other));
    if (input !== undefined) throw refuse(output, input, true);
    written.push(output);
  }
}

type Placed = NamedFile & { readonly place: FilePlace };

function meets(one: Placed, other: Placed): boolean {
  if (one.place.identity === other.place.identity) return true;
  return (
    (other.isDirectory === true && isBelow(one.place, other.place)) ||
    (one.isDirectory === true && isBelow(other.place, one.place))
  );
}

function refuse(output: Placed, other: Placed, isInput: boolean): SlimtraceError {
  const files =
    output.path === other.path
      ? `${other.flag} and ${output.flag} are both ${output.path}`
      : output.place.identity === other.place.identity
        ? `${other.flag} and ${output.flag} are one file: ${other.path} and ${output.path}`
        : `${other.flag} and ${output.flag} are one inside of the other: ${other.path} and ${output.path}`;
  return new SlimtraceError('usage', {
    problem: files,
    hint: isInput
      ? `${output.flag} would replace what is read; give it a file of its own`
      : 'one would replace the other; give each a file of its own',
  });
}
