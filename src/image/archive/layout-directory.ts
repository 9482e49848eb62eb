import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import type { ArchiveFiles } from './archive-files.js';

/**
 * The files of an OCI layout that is a directory (OCI image-spec image-layout.md). Paths in one are fixed names and
 * digests, never an archive's own text.
 */
export function openLayoutDirectory(directory: string): ArchiveFiles {
  return {
    duplicates: [],
    async find(path) {
      const file = join(directory, path);
      const stats = await stat(file).catch(unlessMissing(file));
      return stats?.isFile() ? { file, offset: 0, sizeBytes: stats.size } : undefined;
    },
    async list(below) {
      const names = await readdir(join(directory, below)).catch(unlessMissing(join(directory, below)));
      const paths = (names ?? []).map((name) => `${below}/${name}`);
      const stats = await Promise.all(paths.map((path) => lstat(join(directory, path))));
      return paths.filter((_, at) => stats[at]?.isFile());
    },
  };
}

function unlessMissing(file: string): (error: unknown) => undefined {
  return (cause) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new SlimtraceError('file-unreadable', { file }, { cause });
  };
}
