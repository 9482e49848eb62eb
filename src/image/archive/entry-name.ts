/** Longer paths can't be named to Linux (PATH_MAX, include/uapi/linux/limits.h), so they can't be unpacked either. */
const maxPathBytes = 4096;

const shownCharacters = 200;

/**
 * The name of a tar member as a path without a leading slash: `.` and empty components are dropped, `..` is undone;
 * `''` is the root. Gives undefined when the name leaves the root, or can't be a path at all.
 */
export function normaliseEntryName(name: string): string | undefined {
  if (name.length > maxPathBytes || name.includes('\0')) return undefined;
  if (!/(?:^|\/)(?:\.{1,2}(?:\/|$)|\/)|\/$|^\//.test(name)) return name;
  const components: string[] = [];
  for (const component of name.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') components.push(component);
    else if (components.pop() === undefined) return undefined;
  }
  return components.join('/');
}

/** A name as an error shows it: on one line, no control characters, not endless. */
export function quoteName(name: string): string {
  const shown = name.length > shownCharacters ? `${name.slice(0, shownCharacters)}…` : name;
  // JSON leaves DEL and the C1 controls as they are, and a terminal obeys them.
  return JSON.stringify(shown).replace(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
