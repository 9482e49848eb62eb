import { z } from 'zod';
import type { AcceptedSize } from '../report/ci/ci-report.js';
import { describeIssue } from './describe-issue.js';

const count = z.int().min(0);

/** What `slimtrace ci --accept` writes: a file to be committed, or kept in a pipeline's cache. */
export const acceptedSizesSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.literal('accepted-sizes'),
    images: z
      .record(
        z.string(),
        z.strictObject({
          sizeBytes: count.describe('Of the slim image.'),
          files: count.describe('Everything in it that isn’t a directory.'),
          acceptedAt: z.iso.datetime().describe('RFC 3339.'),
        }),
      )
      .describe('By the image’s key in the configuration.'),
  })
  .describe('The sizes of slim images that were accepted last.');

export type AcceptedSizesFile = z.infer<typeof acceptedSizesSchema>;

/** Parses such a file's text, trusting nothing. Throws an error that says where it is wrong. */
export function parseAcceptedSizes(text: string): ReadonlyMap<string, AcceptedSize> {
  const value: unknown = JSON.parse(text);
  const parsed = acceptedSizesSchema.safeParse(value);
  if (!parsed.success) throw new Error(describeIssue(parsed.error, value));
  return new Map(Object.entries(parsed.data.images));
}
