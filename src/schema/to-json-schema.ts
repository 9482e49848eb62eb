import { z } from 'zod';
import type { JsonSchema } from './config-schema.js';

/** The JSON Schema (draft 2020-12) of what a schema takes; parts that come more than once are written once. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', reused: 'ref' });
}
