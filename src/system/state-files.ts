import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** So many are kept, the newest; older ones are removed. */
const keptFiles = 30;

/** Where what is to outlive a run is kept: `$XDG_STATE_HOME/slimtrace` (XDG Base Directory Specification). */
export function stateHome(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'slimtrace');
}

/** Where reports of earlier runs are. */
function stateDirectory(): string {
  return join(stateHome(), 'reports');
}

/** Keeps a text under a name of letters, digits and dashes, compressed. */
export async function writeStateFile(name: string, text: string): Promise<void> {
  const directory = stateDirectory();
  await mkdir(directory, { recursive: true });
  // Of one process, two images that come to the same thing may end at the same time.
  const partial = join(directory, `${name}.${process.pid}.${randomBytes(4).toString('hex')}.partial`);
  try {
    await writeFile(partial, gzipSync(text, { level: 1 }));
    await rename(partial, join(directory, `${name}.json.gz`));
  } finally {
    await rm(partial, { force: true });
  }
  await removeOldest(directory);
}

/** A text kept before; undefined when there is none of that name. */
export async function readStateFile(name: string): Promise<string | undefined> {
  try {
    return gunzipSync(await readFile(join(stateDirectory(), `${name}.json.gz`))).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function removeOldest(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json.gz'));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, timeMs: (await stat(join(directory, name))).mtimeMs })),
  );
  dated.sort((left, right) => right.timeMs - left.timeMs);
  for (const { name } of dated.slice(keptFiles)) await rm(join(directory, name), { force: true });
}
