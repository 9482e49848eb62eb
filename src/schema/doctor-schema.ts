import { z } from 'zod';
import { text } from './report-parts-schema.js';

const finding = z.strictObject({
  about: text.describe('A word or two that stay the same from version to version: engine, tracing, kernel.'),
  status: z
    .enum(['ok', 'note', 'warning', 'problem'])
    .describe('note: good to know; problem: what it is about can’t be used.'),
  detail: text,
  advice: text.nullable().describe('What to do about it; null where nothing has to be done, or nothing is known.'),
});

/** What `slimtrace doctor --json` prints. */
export const doctorReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal('doctor'),
    slimtraceVersion: text,
    canSlim: z.boolean().describe('At least one engine can trace containers.'),
    engines: z.array(
      z.strictObject({
        kind: z.enum(['docker', 'podman', 'embedded']),
        canTrace: z.boolean().describe('A container was run under the trace there, and what it did was seen.'),
        findings: z.array(finding),
      }),
    ),
    machine: z.array(finding),
  })
  .describe('What can be slimmed on a machine, and what stands in the way.');
