/**
 * What keeps files beyond the trace and what every program needs to be loaded, each on its own ground; each can be left out
 * by name (`--without`), and its cost in bytes is told (`--explain-size`).
 */
export const defences = [
  'application',
  'dlopen',
  'scripts',
  'configuration',
  'python',
  'node',
  'java',
  'ruby',
  'records',
  'packs',
  'granularity',
  'healing',
] as const;

export type Defence = (typeof defences)[number];
