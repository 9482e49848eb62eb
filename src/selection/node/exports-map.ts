/** Deeper conditions, longer lists and more targets than any package has. */
const maxDepth = 16;
const maxTargets = 64;

/**
 * The targets that a package's `exports` give for a subpath (`.`, `./feature`), as written: `./dist/index.js`. Undefined
 * when the subpath isn't exported. More than one where a list offers alternatives.
 * Source: nodejs.org/api/esm.html, PACKAGE_EXPORTS_RESOLVE.
 */
export function exportTargets(
  exports: unknown,
  subpath: string,
  conditions: ReadonlySet<string>,
): readonly string[] | undefined {
  const isMap = isPlainObject(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  if (!isMap) return subpath === '.' ? nonEmpty(targetsOf(exports, '', conditions, 0)) : undefined;
  return mapTargets(exports, subpath, conditions);
}

/** The targets that `imports` gives for `#name`: paths that begin with `./`, or names of other packages. */
export function importTargets(
  imports: unknown,
  specifier: string,
  conditions: ReadonlySet<string>,
): readonly string[] | undefined {
  return isPlainObject(imports) ? mapTargets(imports, specifier, conditions) : undefined;
}

function mapTargets(
  map: Readonly<Record<string, unknown>>,
  key: string,
  conditions: ReadonlySet<string>,
): readonly string[] | undefined {
  if (Object.hasOwn(map, key) && !key.includes('*')) return nonEmpty(targetsOf(map[key], '', conditions, 0));
  // The pattern with the longest part before its star wins; a key that ends in `/` is the older form of one.
  let best: { readonly pattern: string; readonly rest: string; readonly before: number } | undefined;
  for (const pattern of Object.keys(map)) {
    const rest = matchOf(pattern, key);
    const before = pattern.endsWith('/') ? pattern.length : pattern.indexOf('*');
    if (rest === undefined) continue;
    if (
      best === undefined ||
      before > best.before ||
      (before === best.before && pattern.length > best.pattern.length)
    ) {
      best = { pattern, rest, before };
    }
  }
  return best === undefined ? undefined : nonEmpty(targetsOf(map[best.pattern], best.rest, conditions, 0));
}

/** What the star of a pattern stands for in `key`. */
function matchOf(pattern: string, key: string): string | undefined {
  if (pattern.endsWith('/')) return key.startsWith(pattern) && key !== pattern ? key.slice(pattern.length) : undefined;
  const star = pattern.indexOf('*');
  if (star < 0) return undefined;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const isMatch = key.length >= pattern.length && key.startsWith(before) && key.endsWith(after);
  return isMatch ? key.slice(star, key.length - after.length) : undefined;
}

function targetsOf(target: unknown, rest: string, conditions: ReadonlySet<string>, depth: number): readonly string[] {
  if (depth > maxDepth) return [];
  if (typeof target === 'string') return [target.endsWith('/') ? target + rest : target.replaceAll('*', () => rest)];
  if (Array.isArray(target)) {
    return target.slice(0, maxTargets).flatMap((item) => targetsOf(item, rest, conditions, depth + 1));
  }
  if (!isPlainObject(target)) return [];
  for (const [condition, inner] of Object.entries(target)) {
    if (condition !== 'default' && !conditions.has(condition)) continue;
    // null hides what comes after it; a condition without a match inside lets the next one try.
    if (inner === null) return [];
    const targets = targetsOf(inner, rest, conditions, depth + 1);
    if (targets.length > 0) return targets.slice(0, maxTargets);
  }
  return [];
}

function nonEmpty(targets: readonly string[]): readonly string[] | undefined {
  return targets.length > 0 ? targets : undefined;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
