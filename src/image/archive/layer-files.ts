import { type FileHandle, open } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';

interface OpenedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly state: string;
}

/** Archive files, each opened once, however many layers are in it. Every use relies on their staying as they are. */
export class LayerFiles implements AsyncDisposable {
  readonly #opened = new Map<string, Promise<OpenedFile>>();

  /** Throws `file-unreadable`. */
  async handle(path: string): Promise<FileHandle> {
    const opened = this.#opened.get(path) ?? openFile(path);
    this.#opened.set(path, opened);
    return (await opened).handle;
  }

  /** Throws `archive-invalid` when a file was changed since it was opened. */
  async checkUnchanged(): Promise<void> {
    for (const opened of this.#opened.values()) {
      const { path, handle, state } = await opened;
      if ((await stateOf(handle)) !== state)
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
    return { path, handle, state: await stateOf(handle) };
  } catch (cause) {
    throw new SlimtraceError('file-unreadable', { file: path }, { cause });
  }
}

async function stateOf(handle: FileHandle): Promise<string> {
  const { size, mtimeNs } = await handle.stat({ bigint: true });
  return `${size} ${mtimeNs}`;
}
