import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isProcessAlive, startSession } from './session.js';

/** A complete file of the cache, open for reading. Nobody evicts it before it is released. */
export interface CachedFile extends AsyncDisposable {
  readonly path: string;
  readonly handle: FileHandle;
}

export interface CacheOptions {
  /** Together the files are to be no larger; the least recently used go first, those in use stay. */
  readonly maxBytes: number;
  /** Used where the cache can't be written: by another user, on a read-only disk. Need not exist. */
  readonly fallbackDirectory: string;
}

/** Names in use by this process, so that what a killed one of the same ID left can be told from ours. */
const ownTags = new Set<string>();

/** What another machine or container left is taken for abandoned after this long: its processes can't be seen. */
const foreignAgeMs = 24 * 60 * 60 * 1000;

const claimName = /^(.+)\.((\d+)-([0-9a-f]{8})-[0-9a-f]{12})\.(?:partial|use)$/;

/**
 * A bounded directory of files named by what they hold, below `$XDG_CACHE_HOME/slimtrace` (XDG Base Directory
 * Specification), shared by all runs of slimtrace. A file appears when it is complete.
 */
export class FileCache {
  readonly directory: string;
  readonly #maxBytes: number;

  private constructor(directory: string, maxBytes: number) {
    this.directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Opens the part of the cache called `name`, and removes what killed processes left half done in it. */
  static async open(name: string, { maxBytes, fallbackDirectory }: CacheOptions): Promise<FileCache> {
    let directory = join(cacheHome(), 'slimtrace', name);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await access(directory, constants.W_OK | constants.X_OK);
    } catch {
      directory = join(fallbackDirectory, name);
      await mkdir(directory, { recursive: true, mode: 0o700 });
    }
    const cache = new FileCache(directory, maxBytes);
    await cache.#sweep();
    return cache;
  }

  /** The file of that name, its time of use renewed; undefined when there is none that is ours. */
  async find(name: string): Promise<CachedFile | undefined> {
    const use = await this.#claim(name, 'use');
    try {
      const path = join(this.directory, name);
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      const found = await handle.stat();
      if (found.isFile() && found.uid === process.geteuid?.()) {
        await utimes(path, new Date(), new Date());
        return cachedFile(path, handle, use);
      }
      await handle.close();
    } catch (error) {
      if (!/^(?:ENOENT|ELOOP|EACCES)$/.test((error as NodeJS.ErrnoException).code ?? '')) {
        await use.release();
        throw error;
      }
    }
    await use.release();
    return undefined;
  }

  /** Adds a file that `write` fills; when that fails nothing remains. May drop others, to keep to the bound. */
  async add(name: string, write: (handle: FileHandle) => Promise<void>): Promise<CachedFile> {
    const partial = await this.#claim(name, 'partial');
    let use: Claim | undefined;
    try {
      use = await this.#claim(name, 'use');
      const path = join(this.directory, name);
      await write(partial.handle);
      await rename(partial.path, path);
      ownTags.delete(partial.tag);
      await this.#evict();
      return cachedFile(
        path,
        partial.handle,
        use,
        partial.handle.datasync().catch(() => {}),
      );
    } catch (error) {
      await partial.release();
      await use?.release();
      throw error;
    }
  }

  /** Drops a file that turned out to be damaged. */
  async remove(name: string): Promise<void> {
    await rm(join(this.directory, name), { force: true });
  }

  /** How many bytes the disk has left for us. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  async #claim(name: string, suffix: 'partial' | 'use'): Promise<Claim> {
    const tag = `${process.pid}-${hostTag()}-${randomBytes(6).toString('hex')}`;
    const path = join(this.directory, `${name}.${tag}.${suffix}`);
    ownTags.add(tag);
    const handle = await open(path, 'wx+', 0o600);
    return {
      path,
      tag,
      handle,
      async release() {
        ownTags.delete(tag);
        await handle.close();
        await rm(path, { force: true });
      },
    };
  }

  async #sweep(): Promise<void> {
    for (const file of await readdir(this.directory)) {
      const path = join(this.directory, file);
      if (claimName.test(file) && (await isAbandoned(file, path))) await rm(path, { force: true }).catch(() => {});
    }
  }

  async #evict(): Promise<void> {
    const files = await readdir(this.directory);
    const used = new Set(files.flatMap((file) => (file.endsWith('.use') ? (claimName.exec(file)?.[1] ?? []) : [])));
    const candidates: { readonly path: string; readonly sizeBytes: number; readonly usedMs: number }[] = [];
    let totalBytes = 0;
    for (const file of files) {
      if (claimName.test(file)) continue;
      const path = join(this.directory, file);
      const found = await stat(path).catch(() => undefined); // another process may have evicted it
      if (found === undefined) continue;
      totalBytes += found.size;
      if (!used.has(file)) candidates.push({ path, sizeBytes: found.size, usedMs: found.mtimeMs });
    }
    candidates.sort((left, right) => left.usedMs - right.usedMs);
    for (const { path, sizeBytes } of candidates) {
      if (totalBytes <= this.#maxBytes) return;
      await rm(path, { force: true });
      totalBytes -= sizeBytes;
    }
  }
}

/** A file of our own in the cache, whose name says whose it is. */
interface Claim {
  readonly path: string;
  readonly tag: string;
  readonly handle: FileHandle;
  release(): Promise<void>;
}

/** `settled`: it isn't only promised to be on the disk. Others may rely on its name after the power went. */
function cachedFile(path: string, handle: FileHandle, use: Claim, settled?: Promise<void>): CachedFile {
  return {
    path,
    handle,
    async [Symbol.asyncDispose]() {
      await settled;
      await handle.close();
      await use.release();
    },
  };
}

/** The specification has relative paths ignored. */
function cacheHome(): string {
  const home = process.env.XDG_CACHE_HOME ?? '';
  return isAbsolute(home) ? home : join(homedir(), '.cache');
}

/** The machine and PID namespace that our process ID belongs to, in few characters. */
function hostTag(): string {
  return createHash('sha256').update(startSession().host).digest('hex').slice(0, 8);
}

async function isAbandoned(file: string, path: string): Promise<boolean> {
  const [, , tag = '', pid, host] = claimName.exec(file) ?? [];
  if (host === hostTag()) return Number(pid) === process.pid ? !ownTags.has(tag) : !isProcessAlive(Number(pid));
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > foreignAgeMs;
}
