import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';
import { invalidLayer } from './inflate-layer.js';
import type { LayerBlob } from './layer-blob.js';

interface OpenedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly state: string;
}

/** Archive files, each opened once, however many layers are in it. Every use relies on their staying as they are. */
export class LayerFiles implements AsyncDisposable {
  readonly #opened = new Map<string, Promise<OpenedFile>>();

  /** The file that a layer is in. Throws `file-unreadable`, and `archive-invalid` when it ends before the layer does. */
  async handleFor(layer: LayerBlob): Promise<FileHandle> {
    const opening = this.#opened.get(layer.file) ?? openFile(layer.file);
    this.#opened.set(layer.file, opening);
    const { handle, sizeBytes } = await opening;
    if (layer.offset + layer.sizeBytes > sizeBytes) throw invalidLayer(layer, `${layer.file} ends within it`);
    return handle;
  }

  /** Throws `archive-invalid` when a file was changed since it was opened. */
  async checkUnchanged(): Promise<void> {
    for (const opened of this.#opened.values()) {
      const { path, handle, state } = await opened;
      const named = await stat(path, { bigint: true }).catch(() => undefined);
      if (stateOf(await handle.stat({ bigint: true })) !== state || named === undefined || stateOf(named) !== state)
        throw new SlimtraceError('archive-invalid', { reason: `${path} was changed while it was in use` });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const result of await Promise.allSettled(this.#opened.values()))
      if (result.status === 'fulfilled') await result.value.handle.close();
    this.#opened.clear();
  }
}

async function openFile(path: string): Promise<OpenedFile> {
  try {
    const handle = await open(path, 'r');
    return { path, handle, sizeBytes: (await handle.stat()).size, state: stateOf(await handle.stat({ bigint: true })) };
  } catch (cause) {
    throw new SlimtraceError('file-unreadable', { file: path }, { cause });
  }
}

/** Which file it is, and that it is as it was: the time of its last change can't be set by hand (inode(7)). */
function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
