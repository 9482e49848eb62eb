/** The known word that `word` is most likely meant to be; undefined when none is near. Case, `_` and `-` don't count. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  // One letter in three may be wrong, and one in any case.
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let nearest: string | undefined;
  for (const one of known) {
    const far = Math.abs(one.length - wanted.length) >= best ? best : distance(plain(one), wanted);
    if (far < best) [best, nearest] = [far, one];
  }
  return nearest;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** How many letters to add, take away, change or swap with the next to make one word of the other (optimal string alignment). */
function distance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          cell(row - 1, column) + 1,
          cell(row, column - 1) + 1,
          cell(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? cell(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return cell(left.length, right.length);
}
