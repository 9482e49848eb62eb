import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SlimtraceError } from '../../errors.js';

/** A file of an archive: a range of a host file. */
export interface StoredFile {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** The files of an image archive, wherever they lie: members of a tar, or files of a directory. */
export interface ArchiveFiles {
  /** Finds a file by its path in the archive; undefined when there is none. Links never lead out of a tar. */
  find(path: string): Promise<StoredFile | undefined>;
  /** Paths that are there more than once. */
  readonly duplicates: readonly string[];
  /** All paths that {@link find} knows at or below a directory of the archive. */
  list(directory: string): Promise<readonly string[]>;
}

/** Opens a host file of an archive. Throws `file-unreadable`, and `archive-invalid` for what is no regular file. */
export async function openArchiveFile(file: string): Promise<FileHandle> {
  // A pipe would keep us waiting.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new SlimtraceError('archive-invalid', { reason: `${file} is not a regular file` });
}

/** Reads a whole file of an archive. Throws `archive-invalid` when it has become shorter. */
export async function readStoredFile({ file, offset, sizeBytes }: StoredFile): Promise<Buffer> {
  const handle = await openArchiveFile(file);
  try {
    const bytes = Buffer.alloc(sizeBytes);
    for (let at = 0; at < sizeBytes; ) {
      const { bytesRead } = await handle.read(bytes, at, sizeBytes - at, offset + at);
      if (bytesRead === 0) throw new SlimtraceError('archive-invalid', { reason: `${file} ends early` });
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
