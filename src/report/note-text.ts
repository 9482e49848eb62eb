import type { SelectionNote } from '../selection/note.js';

type Words = { readonly [K in SelectionNote['kind']]: (note: Extract<SelectionNote, { kind: K }>) => string };

const words: Words = {
  'no-certificates': () =>
    'the image holds no CA certificates, so the slim one can verify nobody over TLS; give some with --certs FILE, or --no-certs if it needs none',
  'no-shell': ({ shell }) => `--include-shell: the image has no ${shell}`,
  'library-not-found': ({ parent, library }) =>
    `${parent} needs the library ${library}, which is nowhere its loader looks`,
  'interpreter-not-found': ({ parent, interpreter }) =>
    `${parent} names the interpreter ${interpreter}, which the image lacks`,
  'exclude-breaks': ({ path, pattern, parent }) =>
    `--exclude ${pattern} leaves out ${path}, which ${parent === undefined ? "the image's own command" : parent} needs`,
  'pattern-matches-nothing': ({ option, pattern }) => `--${option} ${pattern} matches nothing in the image`,
};

/** A note in words. May hold names from the image: print it escaped. */
export function renderNote(note: SelectionNote): string {
  const render = words[note.kind] as (note: SelectionNote) => string;
  return render(note);
}
