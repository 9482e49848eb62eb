import { z } from 'zod';
import { SlimtraceError } from '../errors.js';
import { accessKinds, type Trace } from '../trace/trace.js';
import { type TraceFile, traceFileVersion } from '../trace/trace-file.js';
import { fromFile } from '../trace/trace-json.js';
import { describeIssue } from './describe-issue.js';

const index = z.int().min(0);

const absolutePath = z.string().regex(/^\//, 'not an absolute path');

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest');

const image = z
  .strictObject({
    reference: z.string().exactOptional().describe('What the user called it.'),
    id: digest.describe('Its ID on the engine.'),
    repoDigests: z.array(z.string()).describe('Digests it has in registries: NAME@sha256:…'),
    platform: z.strictObject({ os: z.string(), architecture: z.string(), variant: z.string().exactOptional() }),
    diffIds: z.array(digest).describe('Of its layers, bottom first.'),
  })
  .describe('The image that ran.');

const collection = z.strictObject({
  id: digest.describe('The digest of what was collected: tells this collection from every other.'),
  name: z.string().exactOptional().describe('What the user named it, or the file it was merged from.'),
  startedAt: z.iso.datetime().describe('RFC 3339.'),
  slimtrace: z.string().describe('The version of slimtrace that collected it.'),
});

const run = z.strictObject({
  collection: index.exactOptional().describe('Index in collections.'),
  command: z.array(z.string()),
  mode: z.enum(['init', 'exec']).describe('init: the container’s own process; exec: a command executed in it.'),
  end: z.enum(['exit', 'no-process-left', 'signal']),
  scenario: z.string().exactOptional(),
});

const path = z
  .tuple([absolutePath, index, index, index, z.union([z.literal(0), z.literal(1), z.null()])], z.string())
  .describe(
    'The path as the program named it; the indexes of its access set, program set and run set; whether the image had it (1, 0, or null when nobody looked); and the other names it was reached through.',
  );

/** What `slimtrace trace`, `run` and `merge` write. */
export const traceFileSchema = z
  .strictObject({
    schemaVersion: z.literal(traceFileVersion),
    image,
    collections: z.array(collection).describe('One for each use of slimtrace that this trace was merged from.'),
    runs: z.array(run).describe('One for each traced process tree.'),
    syscalls: z
      .array(z.string().regex(/^(?:[a-z0-9_]{1,40}|[a-z0-9_]{1,10}:\d{1,4})$/, 'not a system call'))
      .exactOptional()
      .describe('With --syscalls: the system calls that were made, of all architectures together.'),
    programs: z.array(z.string()).describe('Executables, as paths in the image.'),
    accessSets: z.array(z.array(z.enum(accessKinds))).describe('Sets of kinds of access.'),
    programSets: z.array(z.array(index)).describe('Sets of indexes in programs.'),
    runSets: z.array(z.array(index)).describe('Sets of indexes in runs.'),
    paths: z.array(path).describe('Every path that was touched, once.'),
  })
  .describe('What runs of an image touched. At most 128 MiB of it are read, unpacked.');

const rowSchemas = Object.entries({
  ...traceFileSchema.shape,
  syscalls: traceFileSchema.shape.syscalls.unwrap(),
}).flatMap(([name, schema]) => (schema instanceof z.ZodArray ? [[name, schema] as const] : []));

/** What a row may list, other names of a path for one. */
const maxListed = 100_000;

/** Parses a trace file's text, trusting nothing. Throws `trace-invalid`, saying where. */
export function parseTrace(text: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlimtraceError('trace-invalid', { reason: 'it is not JSON' }, { cause });
  }
  // What the file is said to be first: rows of another version say nothing.
  const given = new Map<string, unknown>(Object.entries(Object(value)));
  requireShort(given.get('image'), ['image']);
  const lists = rowSchemas.flatMap(([name, { element }]) => {
    const rows = given.get(name);
    return Array.isArray(rows) ? [{ name, element, rows }] : [];
  });
  const withoutRows = { ...(value as object), ...Object.fromEntries(lists.map(({ name }) => [name, []])) };
  const parsed = traceFileSchema.safeParse(lists.length === 0 ? value : withoutRows);
  if (!parsed.success) throw invalid(parsed.error, value);
  for (const list of lists) requireRows(list, value);
  const filed: TraceFile = { ...parsed.data, ...Object.fromEntries(lists.map(({ name, rows }) => [name, rows])) };
  return fromFile(filed);
}

interface GivenList {
  readonly name: string;
  readonly element: z.ZodType;
  readonly rows: readonly unknown[];
}

/** Row by row, up to the first that is wrong: the library keeps a note of everything that is, and a file may be nothing else. */
function requireRows({ name, element, rows }: GivenList, value: unknown): void {
  for (const [at, row] of rows.entries()) {
    requireShort(row, [name, at]);
    const { error } = element.safeParse(row);
    if (error === undefined) continue;
    throw invalid({ issues: error.issues.map((issue) => ({ ...issue, path: [name, at, ...issue.path] })) }, value);
  }
}

function requireShort(row: unknown, path: readonly (string | number)[]): void {
  const lists = Array.isArray(row) ? [row] : Object.values(Object(row)).filter(Array.isArray);
  if (lists.every(({ length }) => length <= maxListed)) return;
  throw new SlimtraceError('trace-invalid', { reason: `${path.join(' ')} lists more than ${maxListed} things` });
}

function invalid(error: Pick<z.ZodError, 'issues'>, value: unknown): SlimtraceError {
  return new SlimtraceError('trace-invalid', { reason: describeIssue(error, value) });
}
