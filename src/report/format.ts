const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes in decimal units and three significant digits, as `docker images` counts: `98.6 MB`. */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? '-' : '';
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sign}${value.toFixed(digits)} ${byteUnits[unit]}`;
}

/** A ratio as a percentage with one decimal: 0.8931 is `89.3%`. What is not all never reads as all. */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return '?';
  const percent = (Math.abs(ratio) * 100).toFixed(1);
  const shown = percent === '100.0' && Math.abs(ratio) < 1 ? '99.9' : percent;
  return `${ratio < 0 && shown !== '0.0' ? '-' : ''}${shown}%`;
}

/** A duration for a person: `0.3 s`, `42 s`, `3 min 5 s`. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Rows as lines whose columns stand below one another, two spaces apart; those in `rightAligned` end together. */
export function renderColumns(rows: readonly (readonly string[])[], rightAligned: ReadonlySet<number>): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, at) => (rightAligned.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** At most so many UTF-16 units of a text, and a `…` where that isn't all of it. No character is torn. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Controls, format characters (bidi overrides, zero-width ones, tags), lone surrogates, line separators, spaces that
 * aren't U+0020, and letters that are drawn as nothing.
 */
const unprintable =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5/gu;

/**
 * Text from an image made fit for a terminal or a report: whatever could move the cursor, reorder the line or hide is
 * written as an escape. A byte that isn't UTF-8 (see ImagePath) is `\xNN`. One line stays one line.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    if (byte > 0xff) return `\\u{${code.toString(16)}}`;
    return named[character] ?? `\\x${byte.toString(16).padStart(2, '0')}`;
  });
}
