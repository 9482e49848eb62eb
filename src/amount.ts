/** A whole number with its thousands set apart: `48,213`, the same in every locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** How many there are of something, by its name in the singular: `1 file`, `48,213 entries`. */
export function formatAmount(amount: number, what: string): string {
  const plural = /[^aeiou]y$/.test(what) ? `${what.slice(0, -1)}ies` : `${what}s`;
  return `${formatCount(amount)} ${amount === 1 ? what : plural}`;
}
