import type { FullReport } from '../../src/report/full-report.ts';

/**
 * A report of an image from lines such as
 *
 *     + /usr/bin/app              kept
 *     - /usr/bin/git (git)        left out, of the package git
 *     ! /usr/bin/xz (xz)          excluded
 *     - /usr/bin/vi -> vim        a symlink
 *     + /etc/                     a directory
 */
export function reportOf(text: string): FullReport {
  const rows = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parseRow);
  const made = rows.flatMap(({ path, isKept }) => parents(path).map((directory) => ({ directory, isKept })));
  const kept = new Set(rows.filter(({ isKept }) => isKept).map(({ path }) => path));
  for (const { directory, isKept } of made) if (isKept) kept.add(directory);
  const named = new Set(rows.map(({ path }) => path));
  const directories = [...new Set(made.map(({ directory }) => directory))].filter((path) => !named.has(path));
  return {
    base: null,
    fromBase: [],
    written: [],
    slim: { reference: 'app:slim' },
    confidence: { doubts: [] },
    kept: [...kept].map((path) => [path, [{ kind: 'included-by-user', pattern: path }], 0]),
    excluded: rows.filter(({ mark }) => mark === '!').map(({ path }) => [path, path]),
    tree: [
      ...directories.map((path) => [path, 'directory', null, 0, null] as const),
      ...rows.map(({ path, type, owner, link }) =>
        link === undefined ? ([path, type, owner, 100, null] as const) : ([path, type, owner, 0, null, link] as const),
      ),
    ],
  } as unknown as FullReport;
}

function parseRow(line: string) {
  const [, mark = '', name = '', owner, link] = /^([-+!]) (\S+)(?: \((\S+)\))?(?: -> (\S+))?$/.exec(line) ?? [];
  const isDirectory = name.endsWith('/');
  const path = isDirectory ? name.slice(0, -1) : name;
  const type = link !== undefined ? 'symlink' : isDirectory ? 'directory' : 'file';
  return { mark, path, type, owner: owner ?? null, link, isKept: mark === '+' } as const;
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}
