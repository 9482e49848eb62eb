import { z } from 'zod';
import { reasonSchema } from './reason-schema.js';
import {
  baseSchema,
  budgetSchema,
  bytes,
  checkSchema,
  confinementSchema,
  containerSchema,
  count,
  doubtSchema,
  driftSchema,
  goneSchema,
  imageSchema,
  keptPackageSchema,
  layerSchema,
  postureSchema,
  programsSchema,
  pushSchema,
  text,
  texts,
} from './report-parts-schema.js';

const healing = z
  .strictObject({
    rounds: z.array(z.strictObject({ round: z.int().min(1), paths: texts })),
    missed: texts.describe('What the last image lacks all the same.'),
  })
  .describe('What the slim image lacked when it ran under the trace.');

const confidence = z
  .strictObject({
    onStaticEvidence: z
      .strictObject({ files: count, bytes })
      .describe('What no run asked for, and static knowledge keeps.'),
    enumerated: z
      .array(z.strictObject({ directory: text, programs: texts, names: count, missing: texts }))
      .describe('Directories that the application lists, and of which the slim image shows fewer names.'),
    doubts: z.array(doubtSchema),
    unexercisedPorts: texts,
  })
  .describe('How sure the result is, and where more checks would help.');

/** What `slim --json` prints, and `ci` has of each image. */
export const slimReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal('slim'),
    slimtraceVersion: text,
    passed: z.boolean().describe('Every check was answered as the original answers it; says nothing of the budgets.'),
    budgets: z.array(budgetSchema),
    drift: driftSchema.nullable(),
    original: imageSchema,
    slim: imageSchema,
    base: baseSchema.nullable().describe('Null on scratch.'),
    reduction: z.number().describe('Share of the original’s size that is gone, at most 1.'),
    layers: z.array(layerSchema).describe('Bottom first.'),
    push: pushSchema.nullable().describe('Null when nothing had the name before.'),
    checksChosenByDefault: z.boolean(),
    checks: z.array(checkSchema),
    containers: z.array(containerSchema),
    hardened: z
      .strictObject({ runs: z.boolean(), because: texts })
      .nullable()
      .describe('Whether it runs with a read-only root, no capabilities and no new privileges.'),
    keptPackages: z.array(keptPackageSchema),
    remaining: programsSchema,
    gone: goneSchema,
    packageRecords: z.strictObject({
      form: z.enum(['dpkg', 'apk', 'whole', 'left-out', 'none']),
      packages: count,
      remarks: texts,
    }),
    healing,
    confidence,
    costs: z
      .array(z.strictObject({ ground: text, files: count, bytes }))
      .describe('What would go without each ground for keeping files, the largest first.'),
    posture: postureSchema,
    confinement: confinementSchema,
    notes: texts,
    debug: z
      .strictObject({
        reference: text,
        id: text,
        directory: text,
        busybox: z.strictObject({ from: text, version: text }),
      })
      .nullable(),
    output: text.nullable().describe('The archive the slim image was written as.'),
    dryRun: z.boolean().describe('Nothing of the slim image was kept: its reference is what it would be called.'),
    durationMs: count,
    logs: z
      .strictObject({ original: texts, slim: texts })
      .nullable()
      .describe('The last lines each image printed; only when the verdict is negative.'),
  })
  .describe('What slimming an image came to.');

const entryType = z.enum(['file', 'directory', 'symlink', 'character-device', 'block-device', 'fifo', 'socket']);

const layer = count.nullable();

/** What `slim --report FILE` writes: with every path and why. */
export const fullReportSchema = slimReportSchema
  .extend({
    kept: z
      .array(z.tuple([text, z.array(reasonSchema), layer]))
      .describe('Each kept path, its reasons, and the slim image’s layer that has it, from 0; null: the base’s.'),
    excluded: z.array(z.tuple([text, text])).describe('Paths that --exclude left out, and the pattern.'),
    fromBase: z
      .array(z.tuple([text, entryType, bytes, text.exactOptional()]))
      .describe('What the base brings: path, type, size, and a symlink’s text.'),
    written: z
      .array(z.tuple([text, entryType, bytes, count]))
      .describe('What slimtrace made itself: path, type, size, layer.'),
    tree: z
      .array(z.tuple([text, entryType, text.nullable(), bytes, layer, text.exactOptional()]))
      .describe('Every entry of the original: path, type, package, size, layer, and a symlink’s text.'),
  })
  .describe('What slimming an image came to, with every path and why it is kept or gone.');
