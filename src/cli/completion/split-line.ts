/**
 * The words of a line as a shell reads them, up to its end: quotes and backslashes taken away, an open quote closed. The
 * last is the one that is being typed, and may be empty. Nothing is expanded.
 */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let hasWord = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    const isEscape = character === '\\' && quote !== "'";
    if (isEscape) {
      at += 1;
      const next = line[at] ?? '';
      word += quote === '"' && !/["\\$`\n]/.test(next) ? `\\${next}` : next;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") quote = character;
    else if (/\s/.test(character)) {
      if (hasWord) words.push(word);
      word = '';
      hasWord = false;
      continue;
    } else word += character;
    hasWord = true;
  }
  return [...words, word];
}
