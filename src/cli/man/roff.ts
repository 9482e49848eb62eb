/** Lines that mandoc takes for readable are no longer. */
const width = 78;

/** Text as roff prints it (groff_char(7)): a hyphen stays the character that is typed, a backslash is no escape. */
export function roffText(text: string): string {
  return [...text.replace(/\s+/g, ' ').trim()].map(roffCharacter).join('');
}

function roffCharacter(character: string): string {
  if (character === '\\') return '\\e';
  if (character === '-') return '\\-';
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 && code < 0x7f ? character : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** Text as one paragraph, in lines that begin no request. */
export function roffParagraph(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of roffText(text).split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map(guarded).join('\n');
}

/** Text in lines as they are, spaces too. */
export function roffVerbatim(text: string): string {
  const lines = text.split('\n').map((line) => guarded([...line].map(roffCharacter).join('')));
  return ['.nf', ...lines, '.fi'].join('\n');
}

/** A bold argument of a macro, quotes in it written as roff has them. */
export function roffBold(text: string): string {
  return `.B "${roffText(text).replaceAll('"', '\\(dq')}"`;
}

/** A line that begins with a dot or an apostrophe would be a request. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
