import { SlimtraceError } from '../../errors.js';
import { FileTree, type TreeEntry } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import { variable } from '../../selection/environment.js';
import type { Composition } from '../composition.js';
import { isEngines } from '../run-as/root-places.js';
import { renderConfig } from './config-instructions.js';
import { commentText } from './encode.js';
import { planStage, type StagePlan } from './plan-stages.js';
import type { EscapeCharacter } from './quote.js';
import { renderStage } from './render-stage.js';

/** How a FROM names an image. */
export interface FromImage {
  readonly reference: string;
  /** False: the name may be another image's tomorrow. */
  readonly isPinned: boolean;
}

export interface DockerfileInput {
  readonly composition: Composition;
  /** Of the slim image. */
  readonly config: ImageConfig;
  /** The original's tree. */
  readonly tree: FileTree;
  readonly ownership: PackageOwnership;
  /** The image that has the files; undefined when the team's own Dockerfile makes it, in the stage `fat`. */
  readonly from: FromImage | undefined;
  readonly base: FromImage | undefined;
  /** An image with a shell and GNU tar; undefined: the original has them. */
  readonly builder: string | undefined;
  /** Of the image that puts the files together. */
  readonly shell: string;
  readonly escapeMark: EscapeCharacter;
  /** Names of the stages. */
  readonly stages: { readonly fat: string; readonly files: string; readonly slim: string };
  /** Lines that say what it is. */
  readonly about: readonly string[];
}

export interface RenderedDockerfile {
  readonly lines: readonly string[];
  /** Where an image that is built from it isn't what slimtrace builds: clauses. */
  readonly remarks: readonly string[];
}

/**
 * Writes the stages that make a slim image out of the original: they need no build context. Throws
 * `dockerfile-unsayable` for what no instruction can say.
 */
export function renderDockerfile(input: DockerfileInput): RenderedDockerfile {
  const { composition, config, tree, ownership, from, base, builder, escapeMark, stages } = input;
  requireSayable(input);
  const finished = new FileTree(composition.entries);
  const plans = composition.layers.map((layer) => planStage(layer, tree, finished));
  const work = freeName(tree);
  const rootOf = ({ kind }: StagePlan) => `${work}/${kind === 'all' ? 'root' : kind}`;
  const groupOf = (path: ImagePath) => {
    if (ownership.packages.length === 0) return undefined;
    const owner = ownership.ownerOf(path);
    return owner === undefined ? 'Of no package:' : `Package ${owner}:`;
  };
  const { lines, remarks } = renderConfig(config, composition.base?.image.config, escapeMark);
  const allRemarks = [...remarks, ...treeRemarks(composition, config, plans)];
  return {
    lines: [
      ...input.about.map((line) => `# ${commentText(line)}`),
      ...allRemarks.map((remark) => `# Not as slimtrace builds it: ${commentText(remark)}.`),
      '',
      ...(from === undefined ? [] : [...pinning(from), ...fatStage(from, config, stages.fat), '']),
      '# Takes the files out of the image, each with its owner, mode, time and links; a file that is gone ends the build.',
      `FROM ${builder ?? stages.fat} AS ${stages.files}`,
      'USER 0',
      `SHELL [${JSON.stringify(builder === undefined ? input.shell : '/bin/sh')}, "-efc"]`,
      ...plans.flatMap((plan) => [
        ...(plans.length > 1 ? [`# The layer ${plan.kind}.`] : []),
        ...renderStage(plan, { escapeMark, fat: stages.fat, work, root: rootOf(plan), groupOf }),
        // Of a layer that nothing is left of.
        ...(isEmpty(plan) ? [`RUN mkdir -p ${rootOf(plan)}`] : []),
      ]),
      '',
      ...(base === undefined ? [] : pinning(base)),
      `FROM ${base?.reference ?? 'scratch'} AS ${stages.slim}`,
      ...plans.map((plan) => `COPY --from=${stages.files} ${rootOf(plan)}/ /`),
      ...lines,
    ],
    remarks: allRemarks,
  };
}

function pinning({ reference, isPinned }: FromImage): readonly string[] {
  return isPinned ? [] : [`# Not pinned: ${commentText(reference)} has no digest, because it came from no registry.`];
}

/** A FROM sets off ONBUILD, which was meant for images that add to this one; a COPY doesn't. */
function fatStage({ reference }: FromImage, config: ImageConfig, name: string): readonly string[] {
  if (!config.OnBuild?.length) return [`FROM ${reference} AS ${name}`];
  const path = variable(config, 'PATH');
  return [
    '# Copied, because a FROM would set off its ONBUILD.',
    `FROM scratch AS ${name}`,
    `COPY --from=${reference} / /`,
    ...(path === undefined ? [] : [`ENV PATH=${JSON.stringify(path)}`]),
  ];
}

function isEmpty({ copied, moved, made, directories }: StagePlan): boolean {
  return copied.length + moved.length + made.length + directories.copied.length + directories.made.length === 0;
}

function freeName(tree: FileTree): string {
  let name = '/slimtrace';
  while (tree.has(name)) name += '-';
  return name;
}

/** Throws `dockerfile-unsayable` for what a COPY can't do to a base, and for triggers that a FROM would set off. */
function requireSayable({ composition, config, from, builder }: DockerfileInput): void {
  if (config.OnBuild?.length && from === undefined && builder === undefined)
    throw unsayable('how a stage with ONBUILD takes its own files: the FROM would set it off', 'give a --builder');
  const { base, layers } = composition;
  if (base === undefined) return;
  if (base.image.config.OnBuild?.length)
    throw unsayable('a base with ONBUILD triggers, which a FROM sets off,', otherBase);
  for (const { files, whiteouts } of layers) {
    const [gone] = whiteouts;
    if (gone !== undefined) throw unsayable(`that ${gone} of the base is taken away`, otherBase);
    const turned = files.find(({ entry }) => isTurned(entry, base.image.tree.get(entry.path)));
    if (turned !== undefined)
      throw unsayable(`that ${turned.entry.path} of the base turns from or into a directory`, otherBase);
  }
}

const otherBase = 'choose another --base, or none';

function isTurned(entry: TreeEntry, below: TreeEntry | undefined): boolean {
  return below !== undefined && (below.type === 'directory') !== (entry.type === 'directory');
}

function unsayable(what: string, hint: string): SlimtraceError {
  return new SlimtraceError('dockerfile-unsayable', { what, hint });
}

/** What COPY, and the builder's own way to write layers, do to a tree. */
function treeRemarks(
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
      : [`Docker’s builder cuts times to seconds, those of ${fractions.length} entries here`]),
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
