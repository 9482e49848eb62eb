import { z } from 'zod';
import { budgetSchema, bytes, count, text, texts } from './report-parts-schema.js';
import { slimReportSchema } from './report-schema.js';

const problem = z.strictObject({
  message: text,
  because: texts.describe('What led to it, the nearest first.'),
  hint: text.nullable().describe('What can be done about it.'),
  exitCode: z.int().describe('What slimtrace slim would have ended with.'),
});

const image = z.strictObject({
  name: text.describe('Its key in the configuration.'),
  reference: text.describe('The image that was slimmed, as the configuration names it.'),
  outcome: z
    .enum(['passed', 'failed', 'error', 'cancelled'])
    .describe(
      'failed: not proved, over budget, or not as its lock says; error: nothing could be judged; cancelled: interrupted, or not begun.',
    ),
  isResumed: z.boolean().describe('Its result was taken from an earlier run (--resume).'),
  report: slimReportSchema.nullable().describe('Null when it didn’t come so far.'),
  budgets: z.array(budgetSchema),
  accepted: z
    .strictObject({ sizeBytes: bytes, files: count, acceptedAt: z.iso.datetime().describe('RFC 3339.') })
    .nullable()
    .describe('What was accepted last; null when nothing was.'),
  acceptedDelta: z
    .strictObject({ sizeBytes: z.int(), files: z.int() })
    .nullable()
    .describe('The slim image less what was accepted; null when either isn’t known.'),
  drift: texts.describe('A drifted lock as a readable diff, a line each.'),
  problem: problem.nullable().describe('What failed, where nothing could be judged.'),
  durationMs: count,
});

/** What `slimtrace ci --json` prints, and `--report FILE` writes. */
export const ciReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal('ci'),
    slimtraceVersion: text,
    passed: z.boolean().describe('Every image passed.'),
    images: z.array(image).describe('As they stand in the configuration.'),
    durationMs: count,
  })
  .describe('What the images of a configuration came to.');
