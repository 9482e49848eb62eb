/** The formats that have a published schema, as `slimtrace schema` calls them. */
export const schemaNames = [
  'config',
  'trace',
  'lock',
  'report',
  'full-report',
  'ci-report',
  'doctor',
  'inspect',
] as const;

export type SchemaName = (typeof schemaNames)[number];
