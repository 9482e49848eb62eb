import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import { findArchiveImage } from '../../image/archive/open-archive.js';
import { type OpenedLayers, openLayers } from '../../image/archive/open-layers.js';
import { parseArchiveReference } from '../../image/archive/reference.js';
import { alwaysProvided } from '../../image/engine-provided.js';
import { FileTree } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';
import { mapBounded } from '../../system/concurrency.js';
import type { EngineImage } from '../engine.js';
import { openedImage } from '../opened-image.js';
import type { EmbeddedAgent } from './embedded-agent.js';
import { renderUnpackPlan } from './unpack-plan.js';

export interface EmbeddedImagesOptions {
  readonly agent: () => Promise<EmbeddedAgent>;
  /** A directory for what is made of images. */
  readonly directory: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** An image that was opened: what is known of it, and its layers. */
export interface OpenedImage {
  readonly image: EngineImage;
  readonly layers: OpenedLayers;
  /** Settles when every digest was found right, and every diff ID. */
  readonly verified: Promise<void>;
}

/** The images of a run: archives, each opened once and unpacked once, for as long as the run lasts. */
export class EmbeddedImages implements AsyncDisposable {
  readonly #options: EmbeddedImagesOptions;
  readonly #byReference = new Map<string, Promise<OpenedImage>>();
  /** Names given in this run, and IDs: to what they were opened by. */
  readonly #aliases = new Map<string, string>();
  readonly #unpacked = new Map<string, Promise<string>>();

  constructor(options: EmbeddedImagesOptions) {
    this.#options = options;
  }

  /** Opens an image by an archive's reference, its ID or a name it got in this run. Throws `image-not-found`. */
  async open(reference: string): Promise<OpenedImage> {
    const known = this.#aliases.get(reference) ?? reference;
    const opened = this.#byReference.get(known) ?? this.#openArchive(known);
    this.#byReference.set(known, opened);
    try {
      const found = await opened;
      this.#aliases.set(found.image.id, known);
      return found;
    } catch (error) {
      this.#byReference.delete(known);
      throw error;
    }
  }

  alias(name: string, reference: string): void {
    this.#aliases.set(name, this.#aliases.get(reference) ?? reference);
  }

  forget(name: string): void {
    this.#aliases.delete(name);
  }

  /** The image as the rest of slimtrace knows images. Its contents were verified when this resolves. */
  async openPristine(reference: string): Promise<Image> {
    const { image, layers, verified } = await this.open(reference);
    await verified;
    const entries = [...layers.tree.entries()].filter(({ path }) => !alwaysProvided.has(path));
    const { contents } = layers;
    const read = { tree: new FileTree(entries), contents, layerOf: (path: ImagePath) => layers.layerOf(path) };
    // Its layers stay open as long as the run lasts.
    return openedImage(reference, image, read, { [Symbol.asyncDispose]: async () => {} });
  }

  /** The directory with the image's tree, made the first time; nobody may write to it. */
  async unpacked(reference: string): Promise<string> {
    const opened = await this.open(reference);
    const { id } = opened.image;
    const made = this.#unpacked.get(id) ?? this.unpackInto(opened, `image-${id.slice('sha256:'.length, 19)}`);
    this.#unpacked.set(id, made);
    return await made;
  }

  /** A fresh copy of the image's tree in a directory of that name. */
  async unpackInto({ layers, verified }: OpenedImage, name: string): Promise<string> {
    const directory = join(await this.#options.directory(), name);
    await mkdir(directory);
    // Only its own user gets there: setuid programs of the image are nobody else's on this machine.
    await chmod(await this.#options.directory(), 0o700);
    const agent = await this.#options.agent();
    const plan = renderUnpackPlan(layers.tree, (path) => layers.placeOf(path));
    // Both to their ends: what is still being made can't be removed.
    const outcomes = await Promise.allSettled([verified, agent.unpack(directory, plan)]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    await layers.checkUnchanged();
    return directory;
  }

  async #openArchive(text: string): Promise<OpenedImage> {
    const reference = parseArchiveReference(text);
    if (reference === undefined) throw new SlimtraceError('not-an-archive', { image: text });
    const { signal } = this.#options;
    const temporaryDirectory = await this.#options.directory();
    const found = await findArchiveImage(reference, { signal, temporaryDirectory });
    const layers = await openLayers(found.layers, { signal, temporaryDirectory });
    const verified = layers.verify();
    // Whoever needs it awaits it.
    verified.catch(() => {});
    const { id, names, platform, config, created } = found;
    const image = {
      ...{ id, names, repoDigests: [], platform, config, created },
      sizeBytes: layers.sizeBytes,
      layerCount: found.layers.length,
      diffIds: found.layers.map(({ diffId }) => diffId),
    };
    return { image, layers, verified };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#byReference.values());
    await mapBounded(opened, 1, async (outcome) => {
      if (outcome.status === 'rejected') return;
      await outcome.value.verified.catch(() => {});
      await outcome.value.layers[Symbol.asyncDispose]();
    });
  }
}
