import type { Reason, ReasonKind } from '../selection/reason.js';
import { printable } from './format.js';

type Words = { readonly [K in ReasonKind]: (reason: Extract<Reason, { kind: K }>) => string };

/** A traced path's programs that are named. */
const namedPrograms = 3;

const words: Words = {
  traced: (reason) =>
    `${programs(reason.programs)} ${accesses(reason.accesses)} it in the traced run${named(reason.named)}`,
  'traced-missing': (reason) =>
    `${programs(reason.programs)} looked for ${printable(reason.named)} (${reason.accesses.join(', ')}), which would be in here`,
  healed: (reason) =>
    `${programs(reason.programs)} looked for ${printable(reason.named)} (${reason.accesses.join(', ')}) in the slim image, which lacked it (healed in round ${reason.round})`,
  enumerated: ({ parent, pack }) =>
    `the application lists ${printable(parent)}, which holds plugins (${printable(pack)})`,
  static: ({ because, parent }) => subjectOf(parent) + printable(because),
  pack: ({ pack, because, parent }) => `${subjectOf(parent)}${printable(because)} (pack ${printable(pack)})`,
  symlink: ({ parent }) => `a link on the way to ${printable(parent)}, which is kept`,
  'symlink-target': ({ parent }) => `the kept link ${printable(parent)} leads here`,
  'parent-directory': ({ parent }) => `the directory of ${printable(parent)}, which is kept`,
  'walked-through': ({ parent }) => `the name ${printable(parent)} was reached by goes through it`,
  'elf-interpreter': ({ parent }) => `the loader of ${printable(parent)} (PT_INTERP)`,
  'elf-needed': ({ parent, library, via }) =>
    `${printable(parent)} needs ${printable(library)} (found by ${printable(via)})`,
  'cpu-variant': ({ parent }) => `another CPU would load it instead of ${printable(parent)}`,
  'loader-configuration': ({ parent }) => `the loader ${printable(parent)} reads it`,
  shebang: ({ parent, line }) => `${printable(parent)} begins with ${printable(line)}`,
  certificates: ({ what }) => `CA certificates: ${printable(what)}`,
  identity: ({ what }) => `users, groups and name services: ${printable(what)}`,
  'os-release': () => 'it says which distribution this is',
  'temporary-directory': () => 'a directory for temporary files',
  'working-directory': () => "the image's working directory",
  volume: () => 'the image declares a volume here',
  command: ({ of }) => `the image's ${of} runs it`,
  'included-by-user': ({ pattern }) => `--include ${printable(pattern)}`,
  'included-shell': () => '--include-shell',
};

/** A reason in words, safe to print. */
export function renderReason(reason: Reason): string {
  const render = words[reason.kind] as (reason: Reason) => string;
  return render(reason);
}

function subjectOf(parent: string | undefined): string {
  return parent === undefined ? '' : `${printable(parent)} `;
}

function programs(paths: readonly string[]): string {
  if (paths.length === 0) return 'a program';
  const shown = paths.slice(0, namedPrograms).map(printable).join(', ');
  return paths.length > namedPrograms ? `${shown} and ${paths.length - namedPrograms} more` : shown;
}

const pastTense: Readonly<Record<string, string>> = {
  read: 'opened',
  write: 'opened for writing',
  create: 'opened for creating',
  opendir: 'opened',
  list: 'listed',
  exec: 'executed',
  stat: 'looked at (stat)',
  access: 'asked for access to',
  readlink: 'read the link',
  chdir: 'changed directory to',
};

function accesses(kinds: readonly string[]): string {
  return [...new Set(kinds.map((kind) => pastTense[kind] ?? kind))].join(' and ');
}

function named(name: string): string {
  return name === '' ? '' : ` as ${printable(name)}`;
}
