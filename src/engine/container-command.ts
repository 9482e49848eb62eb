import type { ImageConfig } from '../image/image.js';
import type { RunOptions } from './engine.js';

/** The words a container of an image runs: `docker run`'s rules for --entrypoint and the command. */
export function containerCommand(
  { entrypoint, command }: Pick<RunOptions, 'entrypoint' | 'command'>,
  { Entrypoint, Cmd }: ImageConfig,
): string[] {
  if (entrypoint !== undefined) return [...(entrypoint === '' ? [] : [entrypoint]), ...command];
  return [...(Entrypoint ?? []), ...(command.length > 0 ? command : (Cmd ?? []))];
}
