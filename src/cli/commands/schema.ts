import { configJsonSchema, type JsonSchema } from '../../schema/config-schema.js';
import { toJsonSchema } from '../../schema/to-json-schema.js';
import type { CommandContext } from '../command-context.js';
import { readConfigKeys } from '../configuration/config-keys.js';
import type { SchemaName } from '../schema-names.js';

const schemas: Readonly<Record<SchemaName, () => Promise<JsonSchema>>> = {
  config: async () => configJsonSchema(readConfigKeys()),
  trace: async () => toJsonSchema((await import('../../schema/trace-schema.js')).traceFileSchema),
  lock: async () => toJsonSchema((await import('../../schema/lock-schema.js')).lockFileSchema),
  report: async () => toJsonSchema((await import('../../schema/report-schema.js')).slimReportSchema),
  'full-report': async () => toJsonSchema((await import('../../schema/report-schema.js')).fullReportSchema),
  'ci-report': async () => toJsonSchema((await import('../../schema/ci-report-schema.js')).ciReportSchema),
  inspect: async () => toJsonSchema((await import('../../schema/inspect-schema.js')).inspectReportSchema),
  doctor: async () => toJsonSchema((await import('../../schema/doctor-schema.js')).doctorReportSchema),
};

/** `slimtrace schema`. */
export async function runSchema(name: SchemaName, { host }: CommandContext): Promise<void> {
  host.stdout.write(`${JSON.stringify(await schemas[name](), undefined, 2)}\n`);
}
