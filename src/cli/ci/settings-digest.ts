import { stat } from 'node:fs/promises';
import { digestOf } from '../../system/digest.js';
import { maxDataBytes, readGivenFile } from '../../system/given-file.js';
import type { SlimRequest } from '../slim-run.js';
import type { Host } from '../terminal.js';
import { version } from '../version.js';

/**
 * A digest of all that decides what comes of an image, beside the image itself: the settings, the files that they name, the
 * variables that they pass on, slimtrace. What a bind mount or a volume holds isn't in it.
 */
export async function digestSettings({ image, command, flags }: SlimRequest, env: Host['env']): Promise<string> {
  const passedOn = flags.runs
    .flatMap((run) => run.env ?? [])
    .filter((variable) => !variable.includes('='))
    .map((name) => [name, env[name] ?? null]);
  // How it is told changes nothing of the image.
  const { json, quiet, verbose, explainSize, ...deciding } = flags;
  const { certs, trace, lock, debugBusybox, includeFrom = [], packs = [] } = flags;
  const named = [
    certs,
    trace,
    lock,
    debugBusybox,
    ...includeFrom,
    ...packs,
    ...flags.runs.flatMap((run) => run.envFile ?? []),
  ];
  const files: (readonly [string, string | null])[] = [];
  for (const file of named) if (typeof file === 'string') files.push([file, await digestFile(file)]);
  return digestOf(JSON.stringify([version, env.SOURCE_DATE_EPOCH ?? null, image, command, deciding, passedOn, files]));
}

/** Null for what isn't there, or is too large: whoever needs it will say so. */
async function digestFile(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() && found.size <= maxDataBytes
    ? digestOf(await readGivenFile(file, { maxBytes: maxDataBytes }))
    : null;
}
