import { comparePaths } from '../image/file-tree.js';
import { baseName, type ImagePath } from '../image/path.js';
import type { SelectionNote } from './note.js';

/** The notes that still hold when all is selected: each once, sorted. */
export function settleNotes(notes: readonly SelectionNote[], selected: Iterable<ImagePath>): readonly SelectionNote[] {
  const names = new Set([...selected].map((path) => baseName(path)));
  const settled = new Map<string, SelectionNote>();
  for (const note of notes) {
    // A library that another object's RPATH brought in is there when this one asks for it by name.
    if (note.kind === 'library-not-found' && names.has(baseName(note.library as ImagePath))) continue;
    settled.set(JSON.stringify(note), note);
  }
  return [...settled.keys()].sort(comparePaths).map((key) => settled.get(key) as SelectionNote);
}
