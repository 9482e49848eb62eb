import { SlimtraceError } from '../../errors.js';
import type { TreeEntry } from '../../image/file-tree.js';
import { shellWord } from './encode.js';
import type { EscapeCharacter } from './quote.js';

/** Owner first: changing it takes setuid away. */
export function attributes(entries: readonly TreeEntry[], root: string): readonly string[] {
  const byMode = groupWords(
    entries.filter(({ type }) => type !== 'symlink'),
    ({ mode }) => mode.toString(8).padStart(4, '0'),
    root,
  );
  const unsayable = entries.find(({ xattrs }) => xattrs !== undefined);
  if (unsayable !== undefined) throw unsayableAttributes(unsayable);
  return [...owners(entries, root), ...byMode.map(([mode, words]) => `chmod ${mode} ${words}`)];
}

/** Gives entries below `root` their owners. */
export function owners(entries: readonly TreeEntry[], root: string): readonly string[] {
  return groupWords(entries, ({ uid, gid }) => `${uid}:${gid}`, root).map(
    ([owner, words]) => `chown -h ${owner} ${words}`,
  );
}

/** Gives entries below `root` their times. */
export function times(entries: readonly TreeEntry[], root: string): readonly string[] {
  const timeOf = ({ mtime }: TreeEntry) =>
    `@${mtime.seconds}${mtime.nanoseconds === 0 ? '' : `.${String(mtime.nanoseconds).padStart(9, '0')}`}`;
  return groupWords(entries, timeOf, root).map(([time, words]) => `touch -h -d ${time} ${words}`);
}

function groupWords(
  entries: readonly TreeEntry[],
  keyOf: (entry: TreeEntry) => string,
  root: string,
): readonly (readonly [string, string])[] {
  const groups = new Map<string, string[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const words = groups.get(key);
    if (words === undefined) groups.set(key, [placeOf(entry, root)]);
    else words.push(placeOf(entry, root));
  }
  return [...groups].map(([key, words]) => [key, words.join(' ')] as const);
}

/** Commands that every system has don't write extended attributes. */
export function unsayableAttributes({ path }: TreeEntry): SlimtraceError {
  return new SlimtraceError('dockerfile-unsayable', { what: `the extended attributes of ${path}` });
}

/** Where an entry stands below `root`, as a word of a shell. Throws `dockerfile-unsayable`. */
export function placeOf({ path }: TreeEntry, root: string): string {
  if (path.endsWith('\n'))
    throw new SlimtraceError('dockerfile-unsayable', {
      what: `${JSON.stringify(path)}, whose name ends with a line break,`,
    });
  return shellWord(`${root}${path}`);
}

/** The directory it stands in, unquoted. */
export function parentOf({ path }: TreeEntry, root: string): string {
  return `${root}${path.slice(0, path.lastIndexOf('/'))}`;
}

/** The shell of a stage. What the loader preloads would be in it before it could forget about it. */
export function renderShell(shell: string): readonly string[] {
  return ['ENV LD_PRELOAD=""', `SHELL ${JSON.stringify([shell, '-c'])}`];
}

/**
 * What every RUN starts with: its first failure ends it, no name is a pattern, nothing that the image's environment says makes
 * tar or the shell do otherwise, and there is a `stop` for what it finds wrong.
 */
const prelude = [
  'set -ef',
  'unset TAR_OPTIONS POSIXLY_CORRECT _POSIX2_VERSION',
  'export LC_ALL=C',
  'stop() { printf "slimtrace: %s: have this Dockerfile written again\\n" "$1" >&2; exit 1; }',
];

/**
 * A RUN whose commands are within single quotes: builders show a command with every variable replaced outside of those. How they
 * are run is said in each and not in a SHELL: an image of OCI's format has none, so Podman's builder passes over it (buildah,
 * imagebuildah/stage_executor.go).
 */
export function run(
  commands: readonly string[],
  {
    escapeMark,
    mount,
  }: { readonly escapeMark: EscapeCharacter; readonly mount?: { readonly fat: string; readonly work: string } },
): readonly string[] {
  const mounts = mount === undefined ? '' : `--mount=type=bind,from=${mount.fat},target=${mount.work}/fat `;
  const last = commands.length - 1;
  return [
    `RUN ${mounts}eval '${escapeMark}`,
    `    ${prelude.join('; ')}; ${escapeMark}`,
    ...commands.map((command, at) => `    ${command}${at === last ? "'" : `; ${escapeMark}`}`),
  ];
}
