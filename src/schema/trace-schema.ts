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
  .describe('What runs of an image touched. At most 256 MiB of it are read, unpacked.');

/** Parses a trace file's text, trusting nothing. Throws `trace-invalid`, saying where. */
export function parseTrace(text: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlimtraceError('trace-invalid', { reason: 'it is not JSON' }, { cause });
  }
  const parsed = traceFileSchema.safeParse(value);
  if (!parsed.success) throw new SlimtraceError('trace-invalid', { reason: describeIssue(parsed.error, value) });
  const filed: TraceFile = parsed.data;
  return fromFile(filed);
}
