import type { FileTree, TreeEntry } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import type { ReadBytes } from '../../selection/elf-file.js';
import { isLibraryDirectory } from './library-directory.js';

/** No libc is a tenth of it; what comes after has no say. */
const maxBytes = 32 * 1024 * 1024;
const chunkBytes = 4 * 1024 * 1024;
/** No version's text is as long. */
const overlapBytes = 256;

/** A C library of an image, or its loader where that is all there is. */
export interface Libc {
  readonly kind: 'glibc' | 'musl';
  /** The regular file. */
  readonly entry: TreeEntry;
}

const libcName = /^libc\.so\.6$/;
const glibcLoader = /^(?:ld-linux[^/]*\.so\.\d+|ld64\.so\.[12]|ld\.so\.1)$/;
const muslName = /^ld-musl-[^/]+\.so\.1$/;

/** The C libraries where loaders look for them, libraries before loaders, each file once. */
export function findLibcs(tree: FileTree): readonly Libc[] {
  const found = new Map<ImagePath, Libc & { readonly isLoader: boolean }>();
  for (const { path } of tree.entries()) {
    const name = baseName(path);
    const isLoader = glibcLoader.test(name);
    const kind = muslName.test(name) ? 'musl' : isLoader || libcName.test(name) ? 'glibc' : undefined;
    if (kind === undefined || !isLibraryDirectory(parentOf(path))) continue;
    const { entry } = tree.resolve(path);
    if (entry?.type === 'file') found.set(entry.path, { kind, entry, isLoader });
  }
  return [...found.values()].sort((left, right) => Number(left.isLoader) - Number(right.isLoader));
}

/** Class and machine of an ELF file as its header has them (elf(5)), as text; empty for anything else. */
export function machineOf(read: ReadBytes): string {
  const header = Buffer.from(read(0, 20));
  if (header.length < 20 || header.readUInt32BE(0) !== 0x7f454c46) return '';
  return `${header[4]}/${header.subarray(18, 20).toString('hex')}`;
}

/**
 * Finds a libc's version in its own words: glibc's `stable release version 2.36` (csu/version.c), musl's `1.2.3` between
 * two zeros. Undefined where there is none in the first 32 MiB.
 */
export function findLibcVersion(kind: Libc['kind'], read: ReadBytes, sizeBytes: number): string | undefined {
  const words =
    kind === 'glibc'
      ? /(?:stable|development) release version (\d{1,4}(?:\.\d{1,4}){1,3})/
      : /\0([12]\.\d{1,3}\.\d{1,3})\0/;
  const end = Math.min(sizeBytes, maxBytes);
  for (let start = 0; start < end; start += chunkBytes) {
    const text = Buffer.from(read(start, Math.min(chunkBytes + overlapBytes, end - start))).toString('latin1');
    const version = words.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Below zero when the left version, of numbers and dots, is the older one. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
