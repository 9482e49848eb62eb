import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Engine } from '../../engine/engine.js';
import { SlimtraceError } from '../../errors.js';
import { parseArchiveReference } from '../../image/archive/reference.js';
import type { SlimReport } from '../../report/report.js';
import { digestOf } from '../../system/digest.js';
import { maxDataBytes, readGivenText } from '../../system/given-file.js';
import { openOutputFile, writeWhole } from '../../system/output-file.js';
import { stateHome } from '../../system/state-files.js';
import type { SlimmingFlags } from '../slim-run.js';
import { version } from '../version.js';

/** An image that passed, and what it passed with. */
export interface FinishedImage {
  readonly settings: string;
  /** Of its base as an engine or archive has it; null on scratch, or where that isn't known. */
  readonly baseId: string | null;
  readonly report: SlimReport;
}

/** What an image is to be slimmed with now. */
interface Wanted {
  readonly settings: string;
  readonly engine: Engine;
  readonly image: string;
  readonly flags: SlimmingFlags;
  /** The slim image's size that was accepted last. */
  readonly acceptedBytes?: number | undefined;
}

/** The file: `digest` is that of the images as they stand in it, so that a damaged one is known. */
interface CiStateFile {
  readonly kind: 'ci-state';
  readonly slimtraceVersion: string;
  readonly digest: string;
  readonly images: readonly (readonly [name: string, FinishedImage])[];
}

/** Of every state, whatever its version, and what has happened to it since. */
const beginning = '{"kind":"ci-state",';

/** Where the state is when nobody says so: of each configuration by itself. */
export function usualStateFile(configurationFile: string): string {
  const digest = digestOf(resolve(configurationFile)).slice('sha256:'.length, 'sha256:'.length + 16);
  return join(stateHome(), 'ci', `${digest}.json`);
}

/** Which images of a configuration passed, on disk after each of them. */
export class CiState {
  readonly #file: string;
  readonly #images: Map<string, FinishedImage>;
  /** Written one after the other. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, images: Map<string, FinishedImage>) {
    this.#file = file;
    this.#images = images;
  }

  /**
   * Makes sure that it can be written, and reads what is there; a state that can't be used is told through `warn`, and
   * ignored. Throws `usage` for a file that is something else: it would be lost.
   */
  static async open(file: string, warn: (message: string) => void): Promise<CiState> {
    const isUsual = dirname(file) === join(stateHome(), 'ci');
    if (isUsual) await mkdir(dirname(file), { recursive: true });
    await using _writable = await openOutputFile(file);
    const text = existsSync(file) ? await readGivenText(file, { maxBytes: maxDataBytes }) : '';
    if (!isUsual && text.trim() !== '' && !text.startsWith(beginning))
      throw new SlimtraceError('usage', {
        problem: `${file} is no state of slimtrace ci, and would be replaced by one`,
        hint: 'name another file, or none: each configuration has a usual place for it',
      });
    return new CiState(file, text.trim() === '' ? new Map() : parseState(text, file, warn));
  }

  /** The image of that key, when it passed with the same settings on the same engine's images, and all of it is still there. */
  async find(name: string, { settings, engine, image, flags, acceptedBytes }: Wanted): Promise<SlimReport | undefined> {
    const finished = this.#images.get(name);
    if (finished === undefined || finished.settings !== settings) return undefined;
    const { report, baseId } = finished;
    // Another size may have been accepted since.
    if (flags.failIfLarger === true && acceptedBytes !== undefined && report.slim.sizeBytes > acceptedBytes)
      return undefined;
    if (flags.dryRun === true || (await idOf(image, engine)) !== report.original.id) return undefined;
    if ((await idOf(report.slim.reference, engine)) !== report.slim.id) return undefined;
    if (report.debug !== null && (await idOf(report.debug.reference, engine)) !== report.debug.id) return undefined;
    if (report.base !== null && (baseId === null || (await idOf(report.base.name, engine)) !== baseId))
      return undefined;
    return writtenFiles(flags, report).every((file) => existsSync(file)) ? report : undefined;
  }

  async add(
    name: string,
    { settings, report, engine }: { settings: string; report: SlimReport; engine: Engine },
  ): Promise<void> {
    const baseId = report.base === null ? null : ((await idOf(report.base.name, engine)) ?? null);
    this.#images.set(name, { settings, baseId, report });
    await this.#write();
  }

  /** A result that no longer holds. */
  async remove(name: string): Promise<void> {
    if (this.#images.delete(name)) await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writeNow());
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const images = [...this.#images];
    const state: CiStateFile = { kind: 'ci-state', slimtraceVersion: version, digest: digestImages(images), images };
    await using file = await openOutputFile(this.#file);
    await writeWhole(file, `${JSON.stringify(state)}\n`);
  }
}

/** What doesn't stand as it was written says nothing. */
function parseState(text: string, file: string, warn: (message: string) => void): Map<string, FinishedImage> {
  const ignored = (why: string) => {
    warn(`${file} ${why}, so nothing is taken from it`);
    return new Map<string, FinishedImage>();
  };
  let state: Partial<CiStateFile> | null;
  try {
    state = JSON.parse(text) as Partial<CiStateFile> | null;
  } catch {
    return ignored('is damaged');
  }
  if (state?.kind !== 'ci-state') return ignored('is no state of slimtrace ci');
  if (state.slimtraceVersion !== version) return ignored('is of another version of slimtrace');
  if (!Array.isArray(state.images) || digestImages(state.images) !== state.digest) return ignored('is damaged');
  return new Map(state.images);
}

function digestImages(images: CiStateFile['images']): string {
  return digestOf(JSON.stringify(images));
}

/** Undefined when it isn't there. */
async function idOf(reference: string, engine: Engine): Promise<string | undefined> {
  try {
    return (await engine.inspectImage(reference)).id;
  } catch (error) {
    if (error instanceof SlimtraceError) return undefined;
    throw error;
  }
}

function writtenFiles(flags: SlimmingFlags, { output }: SlimReport): string[] {
  const archive = output === null ? undefined : parseArchiveReference(output)?.path;
  const { report, html, markdown, sbom, provenance, seccompProfile, apparmorProfile } = flags;
  return [archive, report, html, markdown, sbom, provenance, seccompProfile, apparmorProfile].flatMap(
    (file) => file ?? [],
  );
}
