import { z } from 'zod';
import { bytes, count, packageTypeSchema, text, texts } from './report-parts-schema.js';

const layer = z.strictObject({
  diffId: text,
  tarBytes: bytes.describe('Of the uncompressed tar.'),
  contentBytes: bytes.describe('Contents of its files.'),
  added: count.describe('Files that no lower layer has; directories are not counted.'),
  changed: count.describe('Files of lower layers that it gives something else.'),
  removed: count.describe('Files of lower layers that it takes away.'),
  instruction: text.nullable().describe('What made it, as far as the history tells.'),
  wastedBytes: bytes.describe('What of it later layers hide.'),
});

const hiding = z
  .enum(['replaced', 'same-contents', 'removed'])
  .describe('same-contents: what hides it has the same bytes; a chown or chmod, mostly.');

const wastedFile = z.strictObject({
  path: text,
  sizeBytes: bytes,
  broughtBy: count.describe('A layer, from 0, bottom first.'),
  hiddenBy: count.describe('A layer, from 0, bottom first.'),
  how: hiding,
});

const hiddenSecret = z.strictObject({
  place: text,
  what: text,
  broughtBy: count.describe('The layer that has it, from 0, bottom first.'),
  instruction: text.nullable().describe('What made that layer, as far as the history tells.'),
  hiddenBy: count.describe('The layer that takes it away or puts something else there, from 0.'),
  how: hiding,
});

const step = z.strictObject({
  instruction: text.describe('As it would stand in a Dockerfile; secrets are left out.'),
  layer: count.nullable().describe('Which layer it made, from 0; null for a step that made none.'),
  created: text.nullable(),
  guess: text.nullable().describe('What the history doesn’t tell of it; null when it is all there.'),
});

/** What `slimtrace inspect --json` prints. */
export const inspectReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal('inspect'),
    slimtraceVersion: text,
    reference: text,
    id: text,
    names: texts,
    platform: text,
    created: text,
    sizeBytes: bytes,
    distribution: text.nullable(),
    config: z.strictObject({
      user: text.describe('Empty for root, which nobody named.'),
      entrypoint: texts,
      cmd: texts,
      workdir: text,
      env: texts.describe('Names only.'),
      ports: texts,
      volumes: texts,
      healthcheck: texts,
      stopSignal: text.nullable(),
    }),
    layers: z.array(layer).nullable().describe('Bottom first; null when they weren’t read (--fast).'),
    waste: z
      .strictObject({
        bytes: bytes.describe('Contents that a later layer hides, and that are moved and stored all the same.'),
        efficiency: z.number().min(0).max(1).describe('Share of all layers’ contents that the finished image shows.'),
        files: z.array(wastedFile),
      })
      .nullable(),
    duplicates: z
      .array(z.strictObject({ sizeBytes: bytes, paths: texts, layers: z.array(count).describe('Of each path.') }))
      .nullable()
      .describe('The same contents under several names that aren’t hard links.'),
    directories: z.array(
      z.strictObject({
        path: text,
        bytes,
        files: count,
        isRest: z.boolean().describe('Other listed directories lie in it, and aren’t counted here.'),
      }),
    ),
    largestFiles: z.array(z.strictObject({ path: text, sizeBytes: bytes })).describe('The first hundred.'),
    files: count.describe('All but directories.'),
    setuidFiles: texts,
    capabilities: texts.describe('Files with capabilities of their own.'),
    worldWritable: texts,
    shells: texts,
    packageManagers: texts,
    compilers: texts,
    interpreters: texts,
    packages: z.array(
      z.strictObject({
        type: packageTypeSchema,
        name: text,
        version: text,
        bytes: bytes.describe('Of its files that are there.'),
        files: count.nullable().describe('null: nobody wrote down which files are the package’s.'),
      }),
    ),
    secrets: z.array(z.strictObject({ place: text, what: text })).describe('Never with their values.'),
    hiddenSecrets: z
      .array(hiddenSecret)
      .nullable()
      .describe(
        'In files that a later layer hides: the image ships them all the same. null when layers weren’t read (--fast).',
      ),
    history: z.array(step).nullable().describe('First step first; null when it wasn’t read (--fast).'),
    durationMs: count,
  })
  .describe('What an image is made of, what its layers hide of one another, and how it was made.');
