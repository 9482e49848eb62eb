import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunningExec } from '../engine/engine.js';
import { SlimtraceError } from '../errors.js';
import type { FileTree } from '../image/file-tree.js';
import type { ContentSource } from '../image/image.js';
import { encodePathText, type ImagePath } from '../image/path.js';
import { readTar } from '../image/tar.js';

const streamChunkBytes = 1024 * 1024;

/** What `pack` needs: a way to start it, and a directory for what it sends. */
export interface PackedContentsOptions {
  readonly tree: FileTree;
  readonly startPack: () => RunningExec;
  readonly directory: string;
}

/**
 * Files of an image, fetched by the agent's `pack` and kept in one host file: nothing of the image ever names a file on
 * the host. Each inode travels once, whatever number of names it has.
 */
export class PackedContents implements ContentSource, AsyncDisposable {
  readonly #options: PackedContentsOptions;
  readonly #places = new Map<string, { readonly offset: number; readonly sizeBytes: number }>();
  #file: FileHandle | undefined;
  #endOffset = 0;

  constructor(options: PackedContentsOptions) {
    this.#options = options;
  }

  async fetch(paths: readonly ImagePath[]): Promise<void> {
    const wanted = new Map<string, ImagePath>();
    for (const path of paths) {
      const key = this.#keyOf(path);
      if (!this.#places.has(key)) wanted.set(key, path);
    }
    if (wanted.size > 0) await this.#pack([...wanted]);
  }

  read(path: ImagePath, offset: number, length: number): Uint8Array {
    const { file, place } = this.#placeOf(path);
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, place.sizeBytes - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(file.fd, bytes, filled, bytes.length - filled, place.offset + offset + filled);
      if (count === 0) throw new SlimtraceError('contents-missing', { path });
      filled += count;
    }
    return bytes;
  }

  async *stream(path: ImagePath): AsyncIterable<Uint8Array> {
    const { place } = this.#placeOf(path);
    for (let at = 0; at < place.sizeBytes; at += streamChunkBytes) yield this.read(path, at, streamChunkBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #keyOf(path: ImagePath): string {
    return this.#options.tree.get(path)?.hardLinkId ?? path;
  }

  #placeOf(path: ImagePath) {
    const place = this.#places.get(this.#keyOf(path));
    if (place === undefined || this.#file === undefined) throw new SlimtraceError('contents-missing', { path });
    return { file: this.#file, place };
  }

  async #pack(wanted: readonly (readonly [string, ImagePath])[]): Promise<void> {
    this.#file ??= await open(join(this.#options.directory, 'contents'), 'wx+', 0o600);
    await using pack = this.#options.startPack();
    pack.stdin.end(Buffer.concat(wanted.flatMap(([, path]) => [encodePathText(path), Buffer.from([0])])));
    let ordinal = 0;
    try {
      for await (const member of readTar(pack.stdout)) {
        const [key, path] = wanted[ordinal] ?? [];
        if (key === undefined || path === undefined || member.name !== String(ordinal)) {
          throw new SlimtraceError('contents-missing', { path: `an unexpected member ${JSON.stringify(member.name)}` });
        }
        await this.#store(key, path, member.sizeBytes, member.body);
        ordinal++;
      }
    } catch (cause) {
      const { stderr } = await pack.ended;
      if (isNoSpace(cause))
        throw new SlimtraceError('no-space', { directory: dirname(this.#options.directory) }, { cause });
      throw new SlimtraceError(
        'contents-missing',
        { path: wanted[ordinal]?.[1] ?? '?' },
        { cause: stderr === '' ? cause : new Error(stderr.trim()) },
      );
    }
    const { exitCode, stderr } = await pack.ended;
    if (exitCode !== 0 || ordinal !== wanted.length) {
      throw new SlimtraceError(
        'contents-missing',
        { path: wanted[ordinal]?.[1] ?? '?' },
        { cause: new Error(stderr.trim() || `exit code ${exitCode}`) },
      );
    }
  }

  async #store(key: string, path: ImagePath, sizeBytes: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const expected = this.#options.tree.get(path)?.sizeBytes;
    if (expected !== sizeBytes) throw new Error(`${path} has ${sizeBytes} bytes, and was listed with ${expected}`);
    const offset = this.#endOffset;
    for await (const chunk of body) {
      await this.#file?.write(chunk, 0, chunk.length, this.#endOffset);
      this.#endOffset += chunk.length;
    }
    if (this.#endOffset - offset !== sizeBytes)
      throw new Error(`${path} came with ${this.#endOffset - offset} of its ${sizeBytes} bytes`);
    this.#places.set(key, { offset, sizeBytes });
  }
}

function isNoSpace(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC';
}
