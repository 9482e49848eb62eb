import type { Clue } from './diagnose-clue.js';

/** Said of these elsewhere, with a better name: `libx.so: cannot open shared object file: No such file or directory`. */
const saidElsewhere = /(?:cannot open shared object file: |failed to open stream: |to default locale: )$/i;

const quoted = /['"‘“`]([^'"‘’“”`]{1,512})['"’”`]/;

/** The file of a line that says `No such file or directory` (ENOENT), from what stands around these words. */
export function missingFile({ before, after }: { readonly before: string; readonly after: string }): Clue | undefined {
  if (saidElsewhere.test(before)) return undefined;
  const wantedByEnv = /\benv: ['"‘]?([^\s'"’/]+)['"’]?: $/.exec(before)?.[1];
  if (wantedByEnv !== undefined) return { kind: 'program', name: wantedByEnv };
  const name = namedAfter(after) ?? namedBefore(before);
  return name === undefined ? undefined : { kind: 'path', name };
}

/** Python `…directory: '/x'`, Node.js `…directory, open '/x'`, Ruby `…directory @ rb_sysopen - /x`. */
function namedAfter(after: string): string | undefined {
  const rest = after.slice('no such file or directory'.length, 700);
  return (
    /^(?::|, \w+) ['"]([^'"]{1,512})['"]/.exec(rest)?.[1] ??
    /^ @ \w+ - (\S{1,512})/.exec(rest)?.[1] ??
    /^: (\/[^\s'",;)]{1,512})/.exec(rest)?.[1]
  );
}

/** perror(3) `cat: /x: `, nginx `open() "/x" failed (2: `, Java `(FileNotFoundException: /x (`, strace `"/x", O_RDONLY) = -1 ENOENT (`. */
function namedBefore(before: string): string | undefined {
  const text = before.replace(/\s*\(\d+:\s*$/, '').replace(/[\s(:]+$/, '');
  const inQuotes = lastQuoted(text);
  if (inQuotes !== undefined) return inQuotes;
  const field = text.slice(text.lastIndexOf(': ') + 1).trim();
  if (field.startsWith('/')) return field;
  const word = /[^\s"'(),;=]{1,512}$/.exec(text)?.[0] ?? '';
  if (word.includes('/')) return word.slice(word.search(/[./~\w]/));
  // A bare name is one only where nothing else stands in its field, as in `cat: notes.txt: `.
  return word !== '' && word === field && text.includes(': ') ? word : undefined;
}

/** The last quoted text, when little stands between it and the end. */
function lastQuoted(text: string): string | undefined {
  const end = Math.max(...[...`'"’”\``].map((quote) => text.lastIndexOf(quote)));
  if (end < 0 || text.length - end > 80) return undefined;
  const start = Math.max(...[...`'"‘“\``].map((quote) => text.lastIndexOf(quote, end - 1)));
  return start < 0 ? undefined : quoted.exec(text.slice(start, end + 1))?.[1];
}
