import { comparePaths, type TreeEntry } from '../../image/file-tree.js';
import { encodePathText, type ImagePath } from '../../image/path.js';
import { commentText, encodeForPrintf, isPlain, relativeName } from './encode.js';
import type { EscapeCharacter } from './quote.js';
import { run } from './shell-commands.js';
import { renderVariables } from './variables.js';

export interface StageContext {
  readonly escapeMark: EscapeCharacter;
  /** Name of the stage or image that has the files. */
  readonly fat: string;
  /** A directory that no image has. */
  readonly work: string;
  /** Where the layer's tree is put together, below `work`. */
  readonly root: string;
  /** What a list of files says above those of a package; undefined where nobody knows. */
  readonly groupOf: (path: ImagePath) => string | undefined;
}

export interface Copy {
  readonly entries: readonly TreeEntry[];
  /** `uid:gid`; undefined for their own. */
  readonly owner: string | undefined;
  /** Commands that follow. */
  readonly after: readonly string[];
}

/**
 * One RUN that takes entries out of the image, as they are and nothing else. It fails when one is gone, is of another kind, or
 * is a link to elsewhere: what a later build made of it was never proved.
 */
export function renderCopy({ entries, owner, after }: Copy, context: StageContext): readonly string[] {
  const { escapeMark, fat, work, root } = context;
  const lists = listsOf(entries, context);
  const [uid, gid] = owner?.split(':') ?? [];
  const flags = entries.some(({ xattrs }) => xattrs !== undefined) ? ' --xattrs --xattrs-include=*' : '';
  const owners = owner === undefined ? '' : ` --owner=+${uid} --group=+${gid}`;
  const commands = [
    `mkdir -p ${root}`,
    `: >${work}/list`,
    ...lists.map(({ list }) => `${list} >>${work}/list`),
    `tar --create --file=${work}/tar --directory=${work}/fat --format=posix --no-recursion --numeric-owner${owners}${flags} --null --files-from=${work}/list`,
    `[ "$(tar --list --file=${work}/tar | wc -l)" -eq ${entries.length} ] || stop "not ${entries.length} entries were taken out"`,
    `tar --extract --file=${work}/tar --directory=${root} --same-owner --same-permissions --numeric-owner --delay-directory-restore${flags}`,
    `rm ${work}/tar`,
    ...lists.map(({ check }) => check),
    ...after,
  ];
  return [...lists.flatMap(({ lines }) => lines), ...run(commands, { escapeMark, mount: { fat, work } })];
}

/** Length of what a list says of an entry, in a Dockerfile and in the environment of a RUN. */
export function listedLength({ path, linkTarget = '' }: TreeEntry): number {
  return path.length + linkTarget.length + 6;
}

/** Words of a build argument, and what is done with them. */
interface List {
  readonly lines: readonly string[];
  /** Writes the names, each with a NUL behind it. */
  readonly list: string;
  readonly check: string;
}

type Kind = 'files' | 'links' | 'directories';

/** One list for each kind of entry, and for those of it whose words are spelled out for `printf %b`. */
function listsOf(entries: readonly TreeEntry[], { escapeMark, root, groupOf }: StageContext): readonly List[] {
  const sorted = entries
    .map((entry) => ({ entry, group: groupOf(entry.path) }))
    .sort((left, right) => comparePaths(left.group ?? '', right.group ?? ''));
  return (['files', 'links', 'directories'] as const).flatMap((kind) =>
    [false, true].flatMap((isOdd) => {
      const texts = sorted
        .filter(({ entry }) => kindOf(entry) === kind && isOddEntry(entry) === isOdd)
        .map(({ entry, group }) => ({
          text: isOdd ? oddWord(entry) : plainWord(entry),
          comment: group === undefined ? undefined : commentText(group),
        }));
      if (texts.length === 0) return [];
      // No image has variables of these names, which would win over a build argument.
      const name = `slimtrace_${isOdd ? 'odd_' : ''}${kind}`;
      const { lines, reference } = renderVariables(name, texts, { separator: ' ', escapeMark });
      return [{ lines, ...(kind === 'links' ? linkCommands : pathCommands)({ kind, isOdd, reference, root }) }];
    }),
  );
}

interface Listed {
  readonly kind: Kind;
  readonly isOdd: boolean;
  readonly reference: string;
  readonly root: string;
}

function pathCommands({ kind, isOdd, reference, root }: Listed): Omit<List, 'lines'> {
  const [test, noun] = kind === 'directories' ? ['-d', 'directory'] : ['-f', 'file'];
  const path = isOdd ? decoded(`${root}/$name`) : `path="${root}/$name"`;
  return {
    list: `printf "%b\\0" ${reference}`,
    check: `for name in ${reference}; do ${path}; [ ${test} "$path" ] && [ ! -L "$path" ] || stop "$name is no ${noun} any more"; done`,
  };
}

function linkCommands({ isOdd, reference, root }: Listed): Omit<List, 'lines'> {
  const target = `\${link#*->}`;
  // Line feeds at the end of an output are lost, so a full stop ends it.
  const [path, is, wanted] = isOdd
    ? [decoded(`${root}/\${link%%->*}`), '$(readlink -n "$path"; printf .)', `$(printf "%b." "${target}")`]
    : [`path="${root}/\${link%%->*}"`, '$(readlink "$path")', target];
  return {
    list: `for link in ${reference}; do printf "%b\\0" "\${link%%->*}"; done`,
    check: `for link in ${reference}; do ${path}; [ "${is}" = "${wanted}" ] || stop "$link is no such link any more"; done`,
  };
}

function decoded(word: string): string {
  return `path="$(printf "%b." "${word}")"; path="\${path%.}"`;
}

function kindOf({ type }: TreeEntry): Kind {
  if (type === 'directory') return 'directories';
  return type === 'symlink' ? 'links' : 'files';
}

function isOddEntry({ path, linkTarget }: TreeEntry): boolean {
  const words = [relativeName(path), ...(linkTarget === undefined ? [] : [linkTarget])];
  return !words.every(isPlain) || (linkTarget !== undefined && path.includes('->'));
}

function plainWord({ path, linkTarget }: TreeEntry): string {
  return linkTarget === undefined ? relativeName(path) : `${relativeName(path)}->${linkTarget}`;
}

function oddWord({ path, linkTarget }: TreeEntry): string {
  const name = encodeWord(`./${relativeName(path)}`);
  return linkTarget === undefined ? name : `${name}->${encodeWord(linkTarget)}`;
}

/** One word for a shell without globbing, with no `->` in it. */
function encodeWord(text: string): string {
  const encoded = encodeForPrintf(encodePathText(text)).join('');
  return encoded.replaceAll(' ', '\\0040').replaceAll('>', '\\0076');
}
