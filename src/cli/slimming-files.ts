import {
  type ArchiveReference,
  parseArchiveReference,
  parseArchiveTarget,
  slimArchiveReference,
} from '../image/archive/reference.js';
import { type NamedFile, requireOwnFiles } from './output-names.js';
import type { SlimmingFlags } from './slim-request.js';

/** What a flag of `slim`, by its long name, is called where a problem with it is told: `--report`, `images.web.report`. */
export type CallFlag = (name: string) => string;

/** An image, and those flags of `slim` that the command has. */
interface Asked {
  readonly image: string;
  readonly flags: Partial<SlimmingFlags>;
}

const asFlag: CallFlag = (name) =>
  name === 'image' ? 'the image' : name === 'config' ? 'the configuration' : `--${name}`;

const written = {
  report: 'report',
  html: 'html',
  markdown: 'markdown',
  sbom: 'sbom',
  provenance: 'provenance',
  'seccomp-profile': 'seccompProfile',
  'apparmor-profile': 'apparmorProfile',
} as const satisfies Readonly<Record<string, keyof SlimmingFlags>>;

/** The files that the flags of `slim` name to be written. */
export function namedOutputs(flags: Partial<SlimmingFlags>, call: CallFlag = asFlag): NamedFile[] {
  const { output } = flags;
  return [
    ...(output === undefined ? [] : [archiveFile(call('output'), parseArchiveTarget(output))]),
    ...Object.entries(written).flatMap(([name, attribute]) => fileOf(call(name), flags[attribute])),
  ];
}

/** {@link namedOutputs}, and where the slim image of an archive goes when nobody says. */
export function outputsOf({ image, flags }: Asked, call: CallFlag = asFlag): NamedFile[] {
  const archive = flags.output === undefined && flags.dryRun !== true ? archiveOf(image) : undefined;
  const usual =
    archive === undefined ? [] : [archiveFile(`${call('output')} (by default)`, slimArchiveReference(archive))];
  return [...namedOutputs(flags, call), ...usual];
}

/** The files that are read for slimming an image: itself, if it is an archive, and what its flags name. */
export function inputsOf({ image, flags }: Asked, call: CallFlag = asFlag): NamedFile[] {
  const { base, certs, trace, lock, debugBusybox, config, includeFrom = [], packs = [], runs = [] } = flags;
  const archives = { image, ...(base === undefined ? {} : { base }) };
  const files: readonly (readonly [name: string, value: unknown])[] = [
    ['config', config],
    ['lock', lock],
    ['trace', trace],
    ['certs', certs],
    ['debug-busybox', debugBusybox],
    ...includeFrom.map((file) => ['include-from', file] as const),
    ...packs.map((file) => ['packs', file] as const),
    ...runs.flatMap(({ envFile = [] }) => envFile.map((file) => ['env-file', file] as const)),
  ];
  return [
    ...Object.entries(archives).flatMap(([name, reference]) => {
      const archive = archiveOf(reference);
      return archive === undefined ? [] : [archiveFile(call(name), archive)];
    }),
    ...files.flatMap(([name, value]) => fileOf(call(name), value)),
  ];
}

/** Throws `usage` when `--output` would replace what a command reads that traces an image. */
export function requireOwnOutput(image: string, { output, ...flags }: Partial<SlimmingFlags>): void {
  if (output !== undefined) requireOwnFiles([{ flag: '--output', path: output }], inputsOf({ image, flags }));
}

function fileOf(flag: string, path: unknown): NamedFile[] {
  return typeof path === 'string' ? [{ flag, path }] : [];
}

function archiveFile(flag: string, { transport, path }: ArchiveReference): NamedFile {
  return { flag, path, isDirectory: transport === 'oci' };
}

/** Undefined for an engine's image, and for what isn't there: it is told when it is opened. */
function archiveOf(reference: string): ArchiveReference | undefined {
  try {
    return parseArchiveReference(reference);
  } catch {
    return undefined;
  }
}
