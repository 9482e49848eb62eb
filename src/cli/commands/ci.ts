import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import { renderCiReport } from '../../report/ci/ci-human.js';
import type { CiImage, CiReport } from '../../report/ci/ci-report.js';
import { printable } from '../../report/format.js';
import { attemptAll } from '../../system/output-attempts.js';
import { openOutputFile, writeWhole } from '../../system/output-file.js';
import { type AcceptedSizes, acceptSizes, readAcceptedSizes } from '../ci/accepted-sizes.js';
import { chooseImages } from '../ci/choose-images.js';
import { requireCiFiles } from '../ci/ci-files.js';
import { type CiFlags, type CiOptions, parseCiOptions } from '../ci/ci-options.js';
import { openCiProgress } from '../ci/ci-progress.js';
import { CiState, usualStateFile } from '../ci/ci-state.js';
import { openPlatformOutputs } from '../ci/platform-outputs.js';
import { runImages } from '../ci/run-images.js';
import type { CommandContext } from '../command-context.js';
import type { ConfiguredImage } from '../configuration/read-configuration.js';
import { exitCodes } from '../exit-code.js';
import { printResult } from '../print-result.js';
import { isVerbose } from '../verbose.js';
import { version } from '../version.js';

/** `slimtrace ci`: every image of the configuration; what came of them goes to stdout, and wherever a pipeline reads it. */
export async function runCi(keys: readonly string[], flags: CiFlags, context: CommandContext): Promise<void> {
  const startedMs = performance.now();
  const { host } = context;
  const chosen = await chooseImages(keys, flags.config, context);
  const { file } = chosen;
  const options = parseCiOptions(flags, chosen.settings);
  const { reportFile, acceptedFile, htmlDirectory } = options;
  requireCiFiles({ keys, flags, options, chosen }, context);
  const accepted = await readAccepted(options, flags, context);
  await using acceptedOutput = options.accepts ? await openIfNamed(acceptedFile) : undefined;
  await using reportOutput = await openIfNamed(reportFile);
  const platform = { flags: options.platform, reportFile, configurationFile: file };
  await using outputs = await openPlatformOutputs(platform, host);
  if (htmlDirectory !== undefined) await makeDirectory(htmlDirectory);
  const images = chosen.images.map((image) => withCiFlags(image, flags, htmlDirectory));
  const ran = await runWithProgress(images);
  const report = describeRun(ran, performance.now() - startedMs);
  const sizes = acceptSizes(accepted, ran, new Date());
  const unwritten = await attemptAll([
    () => reportOutput && writeWhole(reportOutput, `${JSON.stringify(report)}\n`),
    () => acceptedOutput && writeWhole(acceptedOutput, `${JSON.stringify(sizes, undefined, 2)}\n`),
    () => outputs.write(report),
  ]);
  printResult(report, renderCiReport, flags, context);
  // With a signal the exit code is the signal's; without, it was a bug, or a reader that has gone.
  context.signal.throwIfAborted();
  if (unwritten !== undefined) throw unwritten;
  context.exitWith(exitCodeOfImages(ran));

  async function runWithProgress(images: readonly ConfiguredImage[]): Promise<readonly CiImage[]> {
    // What is redrawn would be written into.
    const isPlain = images.some((image) => isVerbose(image.flags, host.env));
    using progress = openCiProgress(host, { isQuiet: flags.quiet === true, isPlain, total: images.length });
    const state = await CiState.open(options.stateFile ?? usualStateFile(file), progress.warn);
    return await runImages(images, { context, options, state, accepted, progress });
  }
}

/** Sizes that can't be read are no obstacle where they are written anew. */
async function readAccepted(
  { acceptedFile, accepts }: CiOptions,
  { quiet }: CiFlags,
  { host, signal }: CommandContext,
): Promise<AcceptedSizes> {
  if (acceptedFile === undefined) return new Map();
  const warn = (message: string) => {
    if (quiet !== true) host.stderr.write(`warning: ${printable(message)}\n`);
  };
  return await readAcceptedSizes(acceptedFile, { signal, replace: accepts ? warn : undefined });
}

async function openIfNamed(file: string | undefined) {
  return file === undefined ? undefined : await openOutputFile(file);
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST')
      throw new SlimtraceError('usage', {
        problem: `--html ${directory} is a file`,
        hint: 'it takes a directory, in which each image has its page',
      });
    throw new SlimtraceError('output-unwritable', { file: directory }, { cause });
  });
}

/** What is said of the run holds for each of its images. */
function withCiFlags(
  image: ConfiguredImage,
  { engine, verbose }: CiFlags,
  htmlDirectory: string | undefined,
): ConfiguredImage {
  const html =
    image.flags.html ?? (htmlDirectory === undefined ? undefined : join(htmlDirectory, `${image.name}.html`));
  return {
    ...image,
    flags: {
      ...image.flags,
      ...(html === undefined ? {} : { html }),
      ...(engine === undefined ? {} : { engine }),
      ...(verbose === undefined ? {} : { verbose }),
    },
  };
}

function describeRun(images: readonly CiImage[], durationMs: number): CiReport {
  return {
    schemaVersion: 1,
    kind: 'ci',
    slimtraceVersion: version,
    passed: images.every(({ outcome }) => outcome === 'passed'),
    images,
    durationMs: Math.round(durationMs),
  };
}

/** The worst of them: 70 for a bug, 3, 2, 1, else 0. A cancelled image is the fault of another one, which counts. */
function exitCodeOfImages(images: readonly CiImage[]): number {
  const codes = images.map(({ outcome, problem }) => {
    if (outcome === 'error') return problem?.exitCode ?? exitCodes.negativeVerdict;
    return outcome === 'failed' ? exitCodes.negativeVerdict : exitCodes.good;
  });
  return Math.max(exitCodes.good, ...codes);
}
