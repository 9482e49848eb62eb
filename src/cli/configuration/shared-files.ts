import { placeOfFile } from '../../system/file-place.js';
import type { SlimmingFlags } from '../slim-run.js';
import { namedOutputs } from '../slimming-files.js';
import { complain, type Reader } from './reader.js';

interface Named {
  readonly name: string;
  readonly line: number;
  readonly flags: SlimmingFlags;
}

const names = ['tag', 'debugTag'] as const;

/** Two images that would write the same file, or take the same name, are a problem: one result would be lost. */
export function complainOfSharedFiles(reader: Reader, images: readonly Named[]): void {
  const taken = new Map<string, { readonly name: string; readonly key: string }>();
  for (const { name, line, flags } of images) {
    const targets = [
      ...namedOutputs(flags, (key) => key).map(({ flag, path }) => [flag, placeOfFile(path).identity, path] as const),
      ...names.flatMap((key) => (flags[key] === undefined ? [] : [[key, `name ${flags[key]}`, flags[key]] as const])),
    ];
    for (const [key, target, words] of targets) {
      const other = taken.get(target);
      if (other === undefined) taken.set(target, { name, key });
      else if (other.name === name)
        complain(reader, { line, column: 1 }, `${name}: ${other.key} and ${key} are both ${words}`);
      else complain(reader, { line, column: 1 }, `${name} writes ${words}, and so does ${other.name}`);
    }
  }
}
