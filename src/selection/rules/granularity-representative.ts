import type { ImagePath } from '../../image/path.js';
import type { AccessKind } from '../../trace/trace.js';
import type { Reason, ReasonKind } from '../reason.js';
import type { RuleContext } from '../rule.js';

/** A program that does one of these with a file uses its contents; one that only looks (stat, access) may never. */
const uses: ReadonlySet<AccessKind> = new Set<AccessKind>(['read', 'write', 'exec', 'truncate', 'handle']);

const isUsed = ({ accesses }: { readonly accesses: readonly AccessKind[] }): 'yes' | 'no' =>
  accesses.some((access) => uses.has(access)) ? 'yes' : 'no';

type Answer = 'yes' | 'no' | 'if its parent does';

const stands: { readonly [K in ReasonKind]: Answer | ((reason: Extract<Reason, { kind: K }>) => Answer) } = {
  traced: isUsed,
  healed: isUsed,
  enumerated: 'yes',
  // What scanners read is used by no program.
  static: ({ defence }) => (defence === 'records' ? 'no' : 'yes'),
  pack: 'yes',
  command: 'yes',
  'included-by-user': 'yes',
  'included-shell': 'yes',
  // What a program is loaded with, if anything runs it.
  'elf-interpreter': 'if its parent does',
  'elf-needed': 'if its parent does',
  shebang: 'if its parent does',
  // Every image gets these, whatever it runs: their packages would be in all of them.
  identity: 'no',
  certificates: 'no',
  'os-release': 'no',
  'loader-configuration': 'no',
  'cpu-variant': 'no',
  // Places and ways, not files that are used; what is at the end of a link has a reason of its own where it is used.
  'traced-missing': 'no',
  symlink: 'no',
  'symlink-target': 'no',
  'parent-directory': 'no',
  'walked-through': 'no',
  'temporary-directory': 'no',
  'working-directory': 'no',
  volume: 'no',
};

/** Those of the kept paths that are kept because they are used: only they stand for their directory and package. */
export function representatives(context: RuleContext, kept: readonly ImagePath[]): ReadonlySet<ImagePath> {
  const standing = new Set<ImagePath>();
  const loadedBy = new Map<ImagePath, ImagePath[]>();
  for (const path of kept) {
    for (const reason of context.reasonsOf(path)) {
      const answer = answerOf(reason);
      if (answer === 'yes') standing.add(path);
      if (answer !== 'if its parent does' || !('parent' in reason) || reason.parent === undefined) continue;
      const loaded = loadedBy.get(reason.parent);
      if (loaded === undefined) loadedBy.set(reason.parent, [path]);
      else loaded.push(path);
    }
  }
  // A set that grows while it is walked: what is added comes later in the walk.
  for (const path of standing) for (const loaded of loadedBy.get(path) ?? []) standing.add(loaded);
  return standing;
}

function answerOf(reason: Reason): Answer {
  const says = stands[reason.kind] as Answer | ((reason: Reason) => Answer);
  return typeof says === 'string' ? says : says(reason);
}
