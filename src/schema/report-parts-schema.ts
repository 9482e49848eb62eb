import { z } from 'zod';

/** Parts of the report of `slim` that other reports have too, or that are long enough to stand alone. */

export const count = z.int().min(0);
export const bytes = count.describe('Bytes.');
export const text = z.string();
export const texts = z.array(z.string());

const difference = z
  .strictObject({
    field: text.describe('status, header etag, body line 3, body $.user.name …'),
    original: text.exactOptional().describe('Absent where there is nothing.'),
    slim: text.exactOptional(),
  })
  .describe('One thing that the slim image answers differently.');

const scenario = text.nullable().describe('The scenario it belongs to; null when there is only one.');

export const imageSchema = z.strictObject({
  reference: text,
  id: text,
  sizeBytes: bytes,
  layers: count,
  files: count,
  setuidFiles: texts,
  shells: texts,
  packages: count.nullable().describe('Packages with at least one file; null when the database can’t be read.'),
});

export const checkSchema = z.strictObject({
  scenario,
  check: text,
  kind: z.enum(['http', 'tcp', 'exec', 'healthcheck', 'exit']),
  result: z.enum(['same', 'different', 'not-evidence']),
  problem: text.nullable(),
  differences: z.array(difference),
  setAside: texts.describe('What varies between two runs of the original, and isn’t compared.'),
});

export const containerSchema = z
  .strictObject({
    scenario,
    differences: z.array(difference),
    setAside: texts,
    remarks: texts.describe('What a person should know and is no failure.'),
  })
  .describe('How containers differ beside what checks were answered: ports, errors in the log.');

export const budgetSchema = z.strictObject({
  budget: text.describe('As the flag is called: max-size, fail-on shell, forbid-path /bin/**.'),
  passed: z.boolean(),
  limit: text.describe('What it allows, in words: 120 MB.'),
  actual: text.describe('What there is: 134 MB.'),
  offenders: texts.describe('Where to look when it isn’t kept to, the first few.'),
});

export const driftSchema = z
  .strictObject({
    against: z.enum(['lock', 'trace']),
    holds: z.boolean().describe('Nothing in it needs a review.'),
    changes: z.array(
      z.strictObject({
        kind: z.enum(['added', 'removed', 'changed', 'renamed']),
        of: z.enum(['config', 'option', 'path', 'privilege']),
        what: text.describe('The path, or the name of the setting: as it was, unless it was added.'),
        was: text.nullable(),
        now: texts,
        why: text,
        isExpected: z.boolean().describe('It needs no review: another build’s name of the same file.'),
      }),
    ),
    lines: texts.describe('It in words, a line each.'),
  })
  .describe('How the image differs from its lock, or from the build that was traced.');

export const packageTypeSchema = z.enum(['deb', 'apk', 'rpm', 'npm', 'pypi', 'gem', 'composer']);

const programs = { packageManagers: texts, compilers: texts, interpreters: texts };

export const programsSchema = z.strictObject(programs);

export const keptPackageSchema = z.strictObject({
  type: packageTypeSchema,
  name: text,
  version: text,
  purl: text,
  extent: z.enum(['full', 'part', 'unknown']).describe('unknown: nobody wrote down which files are the package’s.'),
  filesKept: count,
  files: count,
  isOfBase: z.boolean(),
});

export const goneSchema = z
  .strictObject({
    ...programs,
    packages: z.array(z.strictObject({ type: packageTypeSchema, name: text, version: text })),
    setuidFiles: texts,
    shells: texts,
  })
  .describe('What the original had and the slim image hasn’t.');

const layerKind = z.enum(['base', 'os', 'runtime', 'dependencies', 'application', 'all', 'debug']);

export const layerSchema = z.strictObject({
  kind: layerKind,
  diffId: text,
  sizeBytes: bytes.describe('Uncompressed.'),
  files: count.nullable().describe('All but directories; null for a base’s.'),
});

export const pushSchema = z.strictObject({
  previous: text.describe('The image that had the name before.'),
  movedBytes: bytes,
  totalBytes: bytes,
  moved: z.array(layerKind),
});

export const baseSchema = z.strictObject({
  name: text,
  digest: text,
  because: text,
  layers: count,
  sizeBytes: bytes,
  sharedEntries: count,
  sharedBytes: bytes,
  strangeFiles: texts.describe('Files of it that the application used, and the original lacks.'),
  remarks: texts,
});

export const doubtSchema = z
  .discriminatedUnion('doubt', [
    z.strictObject({
      doubt: z.literal('dynamic-loader'),
      loader: z.enum(['dlopen', 'importlib', 'require', 'import()', 'ServiceLoader', 'Class.forName', 'autoload']),
      parent: text,
      detail: text.exactOptional(),
    }),
    z.strictObject({
      doubt: z.literal('conditional-import'),
      parent: text,
      module: text,
      target: text.exactOptional(),
    }),
    z.strictObject({ doubt: z.literal('left-out'), parent: text, target: text, because: text }),
  ])
  .describe('Something that the selection can’t be sure of: a place for a check.');

const profile = {
  file: text,
  proved: z.enum(['yes', 'no', 'unknown']).describe('unknown: it couldn’t be tried here.'),
  because: texts,
};

export const confinementSchema = z.strictObject({
  seccomp: z.strictObject({ ...profile, syscalls: count, refused: texts }).nullable(),
  apparmor: z.strictObject({ ...profile, name: text }).nullable(),
});

export const postureSchema = z.strictObject({
  user: z.strictObject({ original: text, slim: text }).describe('Empty for root, which nobody named.'),
  owners: z
    .array(z.strictObject({ path: text, from: text, to: text, why: z.enum(['reads', 'writes']) }))
    .describe('Entries whose owner was changed, uid:gid.'),
  remarks: texts,
  secrets: z.array(z.strictObject({ place: text, what: text })).describe('Never with their values.'),
  worldWritable: z.strictObject({ original: count, slim: texts }),
});
