import { resolve } from 'node:path';
import type { SlimmingFlags } from '../slim-run.js';
import { complain, type Reader } from './reader.js';

interface Named {
  readonly name: string;
  readonly line: number;
  readonly flags: SlimmingFlags;
}

const written = [
  'output',
  'report',
  'html',
  'markdown',
  'sbom',
  'provenance',
  'seccompProfile',
  'apparmorProfile',
] as const;
const names = ['tag', 'debugTag'] as const;

/** Two images that would write the same file, or take the same name, are a problem: one result would be lost. */
export function complainOfSharedFiles(reader: Reader, images: readonly Named[]): void {
  const taken = new Map<string, string>();
  for (const { name, line, flags } of images) {
    const targets = [
      ...written
        .map((key) => flags[key])
        .flatMap((file) => (file === undefined ? [] : [[resolve(file), file] as const])),
      ...names.map((key) => flags[key]).flatMap((tag) => (tag === undefined ? [] : [[`name ${tag}`, tag] as const])),
    ];
    for (const [target, words] of targets) {
      const other = taken.get(target);
      if (other === undefined) taken.set(target, name);
      else complain(reader, { line, column: 1 }, `${name} writes ${words}, and so does ${other}`);
    }
  }
}
