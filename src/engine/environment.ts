import type { ImageConfig } from '../image/image.js';
import { readGivenText } from '../system/given-file.js';
import type { RunOptions } from './engine.js';

/**
 * Whether a container would be started with HOME in its environment: from the image, `--env` or `--env-file`. Without,
 * the runtime sets it to the user's home directory. Throws `file-unreadable` for a missing env file.
 */
export async function hasHomeVariable(run: RunOptions, config: ImageConfig): Promise<boolean> {
  const lines = [...(config.Env ?? []), ...run.env];
  for (const file of run.envFiles) lines.push(...(await readLines(file)));
  return lines.some((line) => line.startsWith('HOME=') || (line === 'HOME' && process.env.HOME !== undefined));
}

async function readLines(file: string): Promise<string[]> {
  return (await readGivenText(file)).split(/\r?\n/).map((line) => line.trimStart());
}
