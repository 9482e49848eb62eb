import type { AccessKind } from '../../trace/trace.js';
import type { Reason, ReasonKind } from '../reason.js';

/** A program that does one of these with a file uses its contents; one that only looks (stat, access) may never. */
const uses: ReadonlySet<AccessKind> = new Set<AccessKind>(['read', 'write', 'exec', 'truncate', 'handle']);

const stands: { readonly [K in ReasonKind]: boolean | ((reason: Extract<Reason, { kind: K }>) => boolean) } = {
  traced: ({ accesses }) => accesses.some((access) => uses.has(access)),
  healed: ({ accesses }) => accesses.some((access) => uses.has(access)),
  enumerated: true,
  static: true,
  pack: true,
  'elf-interpreter': true,
  'elf-needed': true,
  shebang: true,
  command: true,
  'included-by-user': true,
  'included-shell': true,
  // Every image gets these, whatever it runs: their packages would be in all of them.
  identity: false,
  certificates: false,
  'os-release': false,
  'loader-configuration': false,
  'cpu-variant': false,
  // Places and ways, not files that are used; what is at the end of a link has a reason of its own where it is used.
  'traced-missing': false,
  symlink: false,
  'symlink-target': false,
  'parent-directory': false,
  'walked-through': false,
  'temporary-directory': false,
  'working-directory': false,
  volume: false,
};

/** True when a file is kept because it is used: only then does it stand for its directory and its package. */
export function isRepresentative(reasons: readonly Reason[]): boolean {
  return reasons.some((reason) => {
    const says = stands[reason.kind] as boolean | ((reason: Reason) => boolean);
    return typeof says === 'boolean' ? says : says(reason);
  });
}
