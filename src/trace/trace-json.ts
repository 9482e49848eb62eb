import { SlimtraceError } from '../errors.js';
import { Table } from './table.js';
import type { Collection, Trace, TracedPath } from './trace.js';
import { type FiledPath, type TraceFile, traceFileVersion } from './trace-file.js';

/**
 * A trace as JSON. Each row of a table and each path has a line, so that two traces can be compared with ordinary tools;
 * the same trace gives the same text.
 */
export function renderTrace(trace: Trace): string {
  const { schemaVersion, image, ...lists } = toFile(trace);
  const members = Object.entries(lists).flatMap(([name, rows]) =>
    rows === undefined ? [] : [`  ${JSON.stringify(name)}: ${renderRows(rows)}`],
  );
  const head = [`  "schemaVersion": ${schemaVersion}`, `  "image": ${JSON.stringify(image)}`];
  return `{\n${[...head, ...members].join(',\n')}\n}\n`;
}

function renderRows(rows: readonly unknown[]): string {
  if (rows.length === 0) return '[]';
  return `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`;
}

function toFile(trace: Trace): TraceFile {
  const collections = new Table<Collection>(({ id }) => id);
  const programs = new Table<string>((program) => program);
  const accessSets = new Table<TracedPath['accesses']>((set) => set.join());
  const programSets = new Table<readonly number[]>((set) => set.join());
  const runSets = new Table<readonly number[]>((set) => set.join());
  const runs = trace.runs.map(({ collection, ...run }) => ({
    ...(collection === undefined ? {} : { collection: collections.indexOf(collection) }),
    ...run,
  }));
  const paths = trace.paths.map(
    ({ path, accesses, programs: who, runs: when, existed, reachedThrough = [] }): FiledPath => [
      path,
      accessSets.indexOf(accesses),
      programSets.indexOf(who.map((program) => programs.indexOf(program))),
      runSets.indexOf(when),
      existed === undefined ? null : existed ? 1 : 0,
      ...reachedThrough,
    ],
  );
  return {
    schemaVersion: traceFileVersion,
    image: trace.image,
    collections: collections.rows,
    runs,
    ...(trace.syscalls === undefined ? {} : { syscalls: trace.syscalls }),
    programs: programs.rows,
    accessSets: accessSets.rows,
    programSets: programSets.rows,
    runSets: runSets.rows,
    paths,
  };
}

/**
 * The trace that a file holds, in order whatever order the file has. Throws `trace-invalid` where an index leads nowhere,
 * or a path is there twice.
 */
export function fromFile(filed: TraceFile): Trace {
  const runs = filed.runs.map(({ collection, ...run }, index) =>
    collection === undefined
      ? run
      : { ...run, collection: rowOf(filed.collections, collection, 'collections', `runs[${index}]`) },
  );
  const programSets = filed.programSets.map((set, index) =>
    sortedSet(set.map((program) => rowOf(filed.programs, program, 'programs', `programSets[${index}]`))),
  );
  for (const [index, set] of filed.runSets.entries()) {
    for (const run of set) rowOf(filed.runs, run, 'runs', `runSets[${index}]`);
  }
  const sorted = {
    accessSets: filed.accessSets.map((set) => sortedSet(set)),
    programSets,
    runSets: filed.runSets.map((set) => [...new Set(set)].sort((left, right) => left - right)),
  };
  const paths = filed.paths.map((row, index) => fromRow(row, sorted, `paths[${index}]`));
  paths.sort((left, right) => (left.path < right.path ? -1 : 1));
  for (const [index, { path }] of paths.entries())
    if (path === paths[index + 1]?.path) throw invalid(`it has ${JSON.stringify(path)} twice`);
  const { image, syscalls } = filed;
  return { image, runs, paths, ...(syscalls === undefined ? {} : { syscalls: sortedSet(syscalls) }) };
}

type SortedSets = {
  readonly accessSets: readonly TracedPath['accesses'][];
  readonly programSets: readonly (readonly string[])[];
  readonly runSets: readonly (readonly number[])[];
};

function fromRow(
  [path, accessSet, programSet, runSet, existed, ...reachedThrough]: FiledPath,
  sets: SortedSets,
  where: string,
): TracedPath {
  return {
    path,
    accesses: rowOf(sets.accessSets, accessSet, 'accessSets', where),
    programs: rowOf(sets.programSets, programSet, 'programSets', where),
    ...(reachedThrough.length === 0 ? {} : { reachedThrough: sortedSet(reachedThrough) }),
    runs: rowOf(sets.runSets, runSet, 'runSets', where),
    ...(existed === null ? {} : { existed: existed === 1 }),
  };
}

/** @param where what names the row */
function rowOf<Row>(rows: readonly Row[], index: number, table: string, where: string): Row {
  const row = rows[index];
  if (row === undefined) throw invalid(`${where} names row ${index} of "${table}", which has ${rows.length}`);
  return row;
}

function sortedSet<Item extends string>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)].sort();
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('trace-invalid', { reason });
}
