import type { TreeEntry } from '../../image/file-tree.js';
import { encodePathText, type ImagePath } from '../../image/path.js';
import { commentText, encodeForPrintf, shellWord } from './encode.js';
import type { CopiedFiles, MadeFile, MovedFile, StagePlan } from './plan-stages.js';
import { listedLength, renderCopy, type StageContext } from './render-copy.js';
import { attributes, owners, parentOf, placeOf, run, times, unsayableAttributes } from './shell-commands.js';
import { renderVariables } from './variables.js';

/**
 * All that a RUN is given, arguments and environment, is up to 2 MiB (execve(2)). There may be lists of an earlier RUN in it,
 * each of another name, besides the image's own environment.
 */
const mostText = 500_000;

/** The instructions that put the tree of a layer together: one list of files after the other, directories last. */
export function renderStage(plan: StagePlan, context: StageContext): readonly string[] {
  return [
    ...plan.copied.flatMap((files) => renderCopied(files, context)),
    ...renderMoved(plan.moved, context),
    ...renderMade(plan.made, context),
    ...renderDirectories(plan.directories, context),
  ];
}

function renderCopied({ owner, entries }: CopiedFiles, context: StageContext): readonly string[] {
  const title = owner === undefined ? [] : [`# These get the owner ${owner}, for the user that the image runs as.`];
  const sizeOf = (group: readonly TreeEntry[]) => group.reduce((sum, entry) => sum + listedLength(entry), 0);
  return chunk(linkedTogether(entries), sizeOf).flatMap((groups) => [
    ...title,
    ...renderCopy({ entries: groups.flat(), owner, after: [] }, context),
  ]);
}

/** Names of one file stay together, for tar to see that they are. */
function linkedTogether(entries: readonly TreeEntry[]): readonly (readonly TreeEntry[])[] {
  const groups = new Map<string, TreeEntry[]>();
  for (const entry of entries) {
    const key = entry.hardLinkId === undefined ? `path ${entry.path}` : `link ${entry.hardLinkId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

function renderMoved(moved: readonly MovedFile[], context: StageContext): readonly string[] {
  const { escapeMark, fat, work, root } = context;
  const firstOf = new Map<string, ImagePath>();
  const commands = moved.map(({ from, entry, isChowned }) => {
    const to = placeOf(entry, root);
    const first = entry.hardLinkId === undefined ? undefined : firstOf.get(entry.hardLinkId);
    if (first !== undefined) return `ln ${shellWord(`${root}${first}`)} ${to}`;
    if (entry.hardLinkId !== undefined) firstOf.set(entry.hardLinkId, entry.path);
    if (isChowned && entry.xattrs !== undefined) throw unsayableAttributes(entry);
    const mode = entry.mode.toString(8).padStart(4, '0');
    const source = shellWord(`${work}/fat${from}`);
    return [
      `[ -f ${source} ] && [ ! -L ${source} ] || stop "${encodeForPrintf(encodePathText(from)).join('')} is no file any more"`,
      `mkdir -p ${shellWord(parentOf(entry, root))}`,
      `cp -a ${source} ${to}`,
      ...(isChowned ? [`chown ${entry.uid}:${entry.gid} ${to}`, `chmod ${mode} ${to}`] : []),
    ].join('; ');
  });
  return chunk(commands, (line) => line.length, mostScript).flatMap((lines) => [
    '# These stand elsewhere than in the original: the base has the directory by another name.',
    ...run(lines, { escapeMark, mount: { fat, work } }),
  ]);
}

/** A script is one argument, of up to 128 KiB (execve(2)). */
const mostScript = 60_000;

function renderMade(made: readonly MadeFile[], context: StageContext): readonly string[] {
  const { escapeMark, root } = context;
  const sizeOf = ({ entry, contents }: MadeFile) => (contents?.length ?? 0) * 2 + entry.path.length * 4 + 100;
  return chunk(made, sizeOf, mostText / 2).flatMap((files) =>
    chunk(files, ({ entry }) => entry.path.length * 8 + 200, mostScript).flatMap((some) => {
      const written = some.map((file, at) => renderFile(file, `slimtrace_text${at + 1}_`, context));
      const entries = some.map(({ entry }) => entry);
      return [
        '# These are not the original’s: slimtrace made them.',
        ...written.flatMap(({ lines }) => lines),
        ...run(
          [...written.flatMap(({ commands }) => commands), ...attributes(entries, root), ...times(entries, root)],
          {
            escapeMark,
          },
        ),
      ];
    }),
  );
}

function renderFile(
  { entry, contents }: MadeFile,
  name: string,
  { escapeMark, root }: StageContext,
): { readonly lines: readonly string[]; readonly commands: readonly string[] } {
  const to = placeOf(entry, root);
  const directory = `mkdir -p ${shellWord(parentOf(entry, root))}`;
  if (entry.type === 'symlink') return { lines: [], commands: [directory, `ln -s ${target(entry)} ${to}`] };
  const pieces = encodeForPrintf(contents ?? new Uint8Array());
  const { lines, reference } = renderVariables(
    name,
    pieces.map((text) => ({ text })),
    { separator: '', escapeMark },
  );
  const title = lines.length === 0 ? [] : [`# ${commentText(entry.path)}`];
  return { lines: [...title, ...lines], commands: [directory, `printf %b "${reference}" >${to}`] };
}

function target({ linkTarget = '' }: TreeEntry): string {
  const word = shellWord(linkTarget);
  return linkTarget.startsWith('-') ? `-- ${word}` : word;
}

/**
 * Directories come last, each with its own attributes: what was put into them has changed their times. Changing the owner
 * or mode of a directory leaves its time alone.
 */
function renderDirectories(
  { copied, chowned, made }: StagePlan['directories'],
  context: StageContext,
): readonly string[] {
  const { escapeMark, root } = context;
  const after = chunk([...owners(chowned, root), ...times(made, root)], (line) => line.length, mostScript);
  const title = '# Directories last: what was put into them has changed their times.';
  const make = made.length === 0 ? [] : [`mkdir -p ${made.map((entry) => placeOf(entry, root)).join(' ')}`];
  const making = make.length === 0 ? [] : run([...make, ...attributes(made, root)], { escapeMark });
  const chunks = chunk(copied, listedLength);
  // Many packages have the same ones.
  const ungrouped = { ...context, groupOf: () => undefined };
  // A few commands need no RUN of their own.
  const isShort = chunks.length > 0 && after.length === 1;
  const copies = chunks.flatMap((some, at) =>
    renderCopy(
      { entries: some, owner: undefined, after: isShort && at === chunks.length - 1 ? after.flat() : [] },
      ungrouped,
    ),
  );
  const timing = isShort ? [] : after.flatMap((lines) => run(lines, { escapeMark }));
  return copies.length + making.length === 0 ? [] : [title, ...making, ...copies, ...timing];
}

/** Parts of a list that are no larger than `most` each, unless one item is. */
function chunk<T>(items: readonly T[], sizeOf: (item: T) => number, most = mostText): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (chunks.length === 0 || size > room) {
      chunks.push([]);
      room = most;
    }
    chunks.at(-1)?.push(item);
    room -= size;
  }
  return chunks;
}
