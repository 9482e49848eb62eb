import { FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import { variable } from '../../selection/environment.js';
import type { Composition } from '../composition.js';
import { renderConfig } from './config-instructions.js';
import { commentText } from './encode.js';
import { findObstacle, requireSayable, treeRemarks } from './limits.js';
import { planBase, planStage, type StagePlan, takenFrom } from './plan-stages.js';
import type { EscapeCharacter } from './quote.js';
import { renderStage } from './render-stage.js';
import { renderShell } from './shell-commands.js';

/** How a FROM names an image. */
export interface FromImage {
  readonly reference: string;
  /** Why it is not by a digest, so that the name may be another image's tomorrow: a clause. Undefined when it is. */
  readonly unpinned: string | undefined;
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
  readonly builder: FromImage | undefined;
  /** Of the image that puts the files together. */
  readonly shell: string;
  readonly escapeMark: EscapeCharacter;
  /** Names of the stages. */
  readonly stages: Readonly<Record<'fat' | 'base' | 'files' | 'slim', string>>;
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
  requireSayable(composition, { config, needsFrom: from === undefined && builder === undefined });
  const finished = new FileTree(composition.entries);
  const obstacle = findObstacle(composition);
  const under = obstacle === undefined ? base : undefined;
  const ofBase = base === undefined || obstacle === undefined ? [] : [planBase(composition, finished)];
  const taken = takenFrom(tree, config);
  const plans = [...ofBase, ...composition.layers.map((layer) => planStage(layer, taken, finished))];
  const work = freeName(tree);
  const rootOf = ({ kind }: StagePlan) => `${work}/${kind === 'all' ? 'root' : kind}`;
  const groupOf = (path: ImagePath) => {
    if (ownership.packages.length === 0) return undefined;
    const owner = ownership.ownerOf(path);
    return owner === undefined ? 'Of no package:' : `Package ${owner}:`;
  };
  const { lines, remarks } = renderConfig(
    config,
    under === undefined ? undefined : composition.base?.image.config,
    escapeMark,
  );
  const allRemarks = [
    ...remarks,
    ...(obstacle === undefined
      ? []
      : [`it has a copy of its base instead of the base’s own layers, for a COPY can’t ${obstacle}`]),
    ...treeRemarks(composition, config, plans),
  ];
  return {
    lines: [
      ...input.about.map((line) => `# ${commentText(line)}`),
      ...allRemarks.map((remark) => `# Not as slimtrace builds it: ${commentText(remark)}.`),
      '',
      ...(from === undefined ? [] : [...pinning(from), ...fatStage(from, config, stages.fat), '']),
      ...(base === undefined || under !== undefined
        ? []
        : [...pinning(base), `FROM ${base.reference} AS ${stages.base}`, '']),
      '# Takes the files out of the image, each with its owner, mode, time and links; one that is gone, or no file any more, ends the build.',
      ...(builder === undefined ? [] : pinning(builder)),
      `FROM ${builder?.reference ?? stages.fat} AS ${stages.files}`,
      'USER 0',
      ...renderShell(builder === undefined ? input.shell : '/bin/sh'),
      ...plans.flatMap((plan) => [
        ...(plans.length > 1 ? [`# The layer ${plan.kind}.`] : []),
        ...renderStage(plan, {
          escapeMark,
          work,
          root: rootOf(plan),
          ...(plan.kind === 'base' ? { fat: stages.base, groupOf: () => undefined } : { fat: stages.fat, groupOf }),
        }),
        // Of a layer that nothing is left of.
        ...(isEmpty(plan) ? [`RUN mkdir -p ${rootOf(plan)}`] : []),
      ]),
      '',
      ...(under === undefined ? [] : pinning(under)),
      `FROM ${under?.reference ?? 'scratch'} AS ${stages.slim}`,
      ...plans.map((plan) => `COPY --from=${stages.files} ${rootOf(plan)}/ /`),
      ...lines,
    ],
    remarks: allRemarks,
  };
}

function pinning({ reference, unpinned }: FromImage): readonly string[] {
  return unpinned === undefined ? [] : [`# Not pinned: ${commentText(reference)} has no digest, because ${unpinned}.`];
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
