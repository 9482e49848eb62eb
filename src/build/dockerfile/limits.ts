import { formatAmount } from '../../amount.js';
import { SlimtraceError } from '../../errors.js';
import { FileTree, type TreeEntry } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { Composition } from '../composition.js';
import { isEngines } from '../run-as/root-places.js';
import type { StagePlan } from './plan-stages.js';

/** Throws `dockerfile-unsayable` for triggers that a FROM would set off in the middle of a build. */
export function requireSayable(
  { base }: Pick<Composition, 'base'>,
  { config, needsFrom }: { readonly config: ImageConfig; readonly needsFrom: boolean },
): void {
  if (config.OnBuild?.length && needsFrom)
    throw unsayable('how a stage with ONBUILD takes its own files: the FROM would set it off', 'give a --builder');
  if (base?.image.config.OnBuild?.length)
    throw unsayable('a base with ONBUILD triggers, which a FROM sets off,', 'choose another --base, or none');
}

function unsayable(what: string, hint: string): SlimtraceError {
  return new SlimtraceError('dockerfile-unsayable', { what, hint });
}

/** What a COPY onto the base of an image can't do, as a clause; undefined when it can do all. */
export function findObstacle({ base, layers }: Composition): string | undefined {
  if (base === undefined) return undefined;
  for (const { files, whiteouts } of layers) {
    const [gone] = whiteouts;
    if (gone !== undefined) return `take away ${gone}`;
    for (const { entry } of files) {
      const below = base.image.tree.get(entry.path);
      if (isTurned(entry, below)) return `put the ${entry.type} ${entry.path} in place of a ${below?.type}`;
    }
  }
  return undefined;
}

function isTurned(entry: TreeEntry, below: TreeEntry | undefined): boolean {
  return below !== undefined && (below.type === 'directory') !== (entry.type === 'directory');
}

/** What COPY, and the builder's own way to write layers, do to a tree. */
export function treeRemarks(
  { entries, base }: Composition,
  config: ImageConfig,
  plans: readonly StagePlan[],
): readonly string[] {
  const own = base === undefined ? entries : plans.flatMap(entriesOf);
  // What the engine puts there itself hides what the image has.
  const lost = plans.flatMap((plan) => plan.lost.map(({ path }) => path)).filter((path) => !isEngines(path));
  const attributes = own.filter(({ xattrs }) =>
    [...(xattrs?.keys() ?? [])].some((name) => name !== 'security.capability'),
  );
  const fractions = own.filter(({ mtime, type }) => mtime.nanoseconds !== 0 && type !== 'directory');
  const root = entries.find(({ path }) => path === '/');
  const workingDirectory = config.WorkingDir || '/';
  return [
    ...(lost.length === 0 ? [] : [`COPY carries no device nodes and pipes, so it lacks ${some(lost)}`]),
    ...(attributes.length === 0
      ? []
      : [
          `Docker’s builder keeps no extended attributes but capabilities, which ${some(attributes.map(({ path }) => path))} had`,
        ]),
    ...(fractions.length === 0
      ? []
      : [
          `Docker’s builder cuts times to seconds, ${fractions.length === 1 ? 'that' : 'those'} of ${formatAmount(fractions.length, 'entry')} here`,
        ]),
    ...(root !== undefined && (root.mode !== 0o755 || root.uid !== 0 || root.gid !== 0)
      ? ['the root directory has mode 0755 and the owner 0:0']
      : []),
    ...(workingDirectory !== '/' && new FileTree(entries).resolve(workingDirectory).entry === undefined
      ? [`WORKDIR makes ${workingDirectory}, which the original lacks`]
      : []),
  ];
}

function entriesOf({ copied, moved, made }: StagePlan): readonly TreeEntry[] {
  return [
    ...copied.flatMap((files) => files.entries),
    ...moved.map(({ entry }) => entry),
    ...made.map(({ entry }) => entry),
  ];
}

function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
