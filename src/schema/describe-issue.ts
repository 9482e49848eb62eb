import type { z } from 'zod';

/** The first thing that is wrong with a JSON value, and where: `paths[3][0] (not/absolute): not an absolute path`. */
export function describeIssue({ issues: [issue] }: Pick<z.ZodError, 'issues'>, value: unknown): string {
  if (issue === undefined) return 'it is not valid';
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const found = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const shown = typeof found === 'object' || found === undefined ? '' : ` (${JSON.stringify(found).slice(0, 80)})`;
  return where === '' ? issue.message : `${where.replace(/^\./, '')}${shown}: ${issue.message}`;
}
