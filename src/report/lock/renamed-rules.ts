import { generalName, isNextName } from '../../selection/generalise/next-name.js';

/**
 * The rules that another build's name of their file has now: from the key of each that is gone to that of the new one in the
 * same section. A rule is left out where several could have taken its place, or it theirs: nobody could say which.
 */
export function renamedRules(before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlyMap<string, string> {
  const gone = byGeneralName([...before].filter((key) => !now.has(key)));
  const added = byGeneralName([...now].filter((key) => !before.has(key)));
  return new Map(
    [...gone].flatMap(([name, [was, ...others]]): readonly (readonly [string, string])[] => {
      const [is, ...more] = added.get(name) ?? [];
      if (was === undefined || is === undefined || others.length > 0 || more.length > 0) return [];
      return isNextName(pathOf(was), pathOf(is)) ? [[was, is]] : [];
    }),
  );
}

function byGeneralName(keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const key of keys) {
    const path = pathOf(key);
    if (!path.startsWith('/')) continue;
    const name = `${key.slice(0, key.indexOf('\0'))}\0${generalName(path)}`;
    const same = named.get(name);
    if (same === undefined) named.set(name, [key]);
    else same.push(key);
  }
  return named;
}

function pathOf(key: string): string {
  const name = key.slice(key.indexOf('\0') + 1);
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    // YAML knows escapes that JSON doesn't; then nobody can say what it was called before.
    return '';
  }
}
