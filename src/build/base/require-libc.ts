import type { PlacedFile } from '../composition.js';
import { compareVersions, findLibcs, findLibcVersion, type Libc, machineOf } from './libc-version.js';
import { BaseConflict } from './refuse-base.js';
import { findSameContents, readOurs } from './same-entry.js';
import type { Standing } from './standing.js';

interface ReadLibc extends Libc {
  readonly machine: string;
  readonly version: string | undefined;
  /** Of ours only. */
  readonly file?: PlacedFile;
}

/**
 * Refuses a base whose C library the application's can't take the place of: another kind, a newer one (what else the base
 * has may need it), or one of unknown version that isn't the same. True when the application brings a libc at all.
 */
export async function requireFittingLibc(standing: Standing): Promise<boolean> {
  const own = await readOurLibcs(standing);
  if (own.length === 0) return false;
  const other = await readTheirLibcs(standing);
  for (const theirs of firstOfEach(other)) {
    const sameMachine = own.filter(({ machine }) => machine === theirs.machine);
    const mine = sameMachine.find(({ kind }) => kind === theirs.kind);
    if (mine?.file === undefined) {
      const [stranger] = sameMachine;
      if (stranger !== undefined)
        throw new BaseConflict(`its libc is ${theirs.kind}, and the image’s is ${stranger.kind}`);
      continue;
    }
    const pair = { ours: mine.file, theirs: theirs.entry };
    const same = await findSameContents([pair], standing.original.contents, standing.base.contents);
    if (!same.has(pair)) requireNewer(mine, theirs);
  }
  return true;
}

function requireNewer(mine: ReadLibc, theirs: ReadLibc): void {
  if (mine.version === undefined || theirs.version === undefined)
    throw new BaseConflict(
      `its ${theirs.kind} is another than the image’s, and ${theirs.version === undefined ? theirs.entry.path : mine.entry.path} doesn’t say of which version`,
    );
  if (compareVersions(mine.version, theirs.version) < 0)
    throw new BaseConflict(
      `its ${theirs.kind} ${theirs.version} is newer than the image’s ${mine.version}: what else it has may need it`,
    );
}

/** A library stands for its loader. */
function firstOfEach(libcs: readonly ReadLibc[]): readonly ReadLibc[] {
  const first = new Map<string, ReadLibc>();
  for (const libc of libcs) {
    const key = `${libc.kind} ${libc.machine}`;
    if (!first.has(key)) first.set(key, libc);
  }
  return [...first.values()];
}

async function readOurLibcs({ kept, files, original }: Standing): Promise<readonly ReadLibc[]> {
  const found = findLibcs(kept).flatMap((libc) => {
    const file = files.get(libc.entry.path);
    return file === undefined ? [] : [{ libc, file }];
  });
  await original.contents.fetch(
    found.flatMap(({ file: { contents } }) => (typeof contents === 'string' ? contents : [])),
  );
  return found.map(({ libc, file }) => {
    const read = (offset: number, length: number) => readOurs(file, original.contents, offset, length);
    return describe(libc, read, file);
  });
}

async function readTheirLibcs({ base }: Standing): Promise<readonly ReadLibc[]> {
  const found = findLibcs(base.tree);
  await base.contents.fetch(found.map(({ entry }) => entry.path));
  return found.map((libc) => describe(libc, (offset, length) => base.contents.read(libc.entry.path, offset, length)));
}

function describe(libc: Libc, read: (offset: number, length: number) => Uint8Array, file?: PlacedFile): ReadLibc {
  const version = findLibcVersion(libc.kind, read, libc.entry.sizeBytes);
  return { ...libc, machine: machineOf(read), version, ...(file === undefined ? {} : { file }) };
}
