import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import type { CommandContext } from '../command-context.js';
import { type NamedFile, requireOwnFiles } from '../output-names.js';
import { inputsOf, outputsOf } from '../slimming-files.js';
import type { ChosenImages } from './choose-images.js';
import type { CiFlags, CiOptions } from './ci-options.js';
import { usualStateFile } from './ci-state.js';
import { platformFiles } from './platform-outputs.js';

/** What a run of `ci` is told, all of it. */
export interface CiRequest {
  readonly keys: readonly string[];
  readonly flags: CiFlags;
  readonly options: CiOptions;
  readonly chosen: ChosenImages;
}

/**
 * Throws `usage` when one file is to be written twice, or read too: by the run as a whole or for any of its images; and when
 * `--resume` has taken an image's key for its file.
 */
export function requireCiFiles(request: CiRequest, { host: { env } }: Pick<CommandContext, 'host'>): void {
  refuseKeyAsState(request);
  const { images } = request.chosen;
  const outputs = [...writtenByRun(request, env), ...images.flatMap((image) => outputsOf(image, callOf(image)))];
  requireOwnFiles(outputs, [...readByRun(request), ...images.flatMap((image) => inputsOf(image, callOf(image)))]);
}

function writtenByRun({ flags, options, chosen }: CiRequest, env: CommandContext['host']['env']): NamedFile[] {
  const { reportFile, acceptedFile, accepts, htmlDirectory, stateFile = usualStateFile(chosen.file) } = options;
  const call = (name: keyof ChosenImages['settings'] & keyof CiFlags) =>
    flags[name] !== undefined ? `--${name}` : chosen.settings[name] !== undefined ? `ci.${name}` : `the usual ${name}`;
  const named = (flag: string, path: string | undefined) => (path === undefined ? [] : [{ flag, path }]);
  const state = typeof flags.resume === 'string' ? '--resume' : options.stateFile ? 'ci.state' : 'the usual state';
  const pages = chosen.images.filter(({ flags: { html } }) => html === undefined && htmlDirectory !== undefined);
  return [
    ...named(call('report'), reportFile),
    ...named(call('accepted'), accepts ? acceptedFile : undefined),
    ...named(state, stateFile),
    ...[...platformFiles(options.platform, env)].flatMap(([kind, path]) => named(call(kind), path)),
    ...named(call('html'), htmlDirectory),
    ...pages.map(({ name }) => ({ flag: `the page of ${name}`, path: join(htmlDirectory ?? '', `${name}.html`) })),
  ];
}

function readByRun({ flags, options: { accepts, acceptedFile }, chosen }: CiRequest): NamedFile[] {
  return [
    { flag: flags.config === undefined ? 'the configuration' : '--config', path: chosen.file },
    ...(accepts || acceptedFile === undefined ? [] : [{ flag: '--accepted', path: acceptedFile }]),
  ];
}

function callOf({ name }: { readonly name: string }): (key: string) => string {
  return (key) => `images.${name}.${key}`;
}

/** `--resume` may stand alone, and what follows it is a file then. */
function refuseKeyAsState({ keys, flags: { resume }, chosen: { known } }: CiRequest): void {
  if (typeof resume !== 'string' || !known.includes(resume)) return;
  if (statSync(resume, { throwIfNoEntry: false })?.isFile() === true) return;
  throw new SlimtraceError('usage', {
    problem: `--resume ${resume} names a file, which is not there, and ${resume} is the key of an image`,
    hint: `for the image, write \`ci ${[...keys, resume].join(' ')} --resume\`; for a file of that name, --resume=./${resume}`,
  });
}
