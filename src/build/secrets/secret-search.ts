import { setImmediate as pause } from 'node:timers/promises';
import type { ContentSource, ImageConfig } from '../../image/image.js';
import type { PackageOwnership } from '../../image/packages.js';
import type { ImagePath } from '../../image/path.js';
import type { PlacedFile } from '../composition.js';
import { configSecrets } from './config-secrets.js';
import { describeNamedFile, judgedBytes } from './named-files.js';
import { lineOf, type Readable, searchFile } from './search-file.js';
import { renderPlace, type Secret } from './secret.js';

/**
 * Finds private keys, tokens, credentials, `.env` files and shell histories among what would ship. A file of the original
 * is searched once, however often it is asked about.
 */
export class SecretSearch {
  readonly #contents: ContentSource;
  readonly #ownership: Pick<PackageOwnership, 'ownerOf'>;
  readonly #known = new Map<ImagePath, readonly Secret[]>();

  constructor(contents: ContentSource, ownership: Pick<PackageOwnership, 'ownerOf'>) {
    this.#contents = contents;
    this.#ownership = ownership;
  }

  /** Sorted by place. Not what the base of an image brings: that is public, and somebody else's. */
  async find(config: ImageConfig, files: readonly PlacedFile[]): Promise<readonly Secret[]> {
    const secrets = [...configSecrets(config)];
    await this.#contents.fetch(files.flatMap(({ contents }) => (typeof contents === 'string' ? contents : [])));
    for (const { entry, contents } of files) {
      if (entry.type !== 'file' || contents === undefined) continue;
      const { path } = entry;
      if (contents instanceof Uint8Array) {
        const read = (offset: number, length: number) => contents.subarray(offset, offset + length);
        secrets.push(...(await secretsOf(path, { sizeBytes: contents.length, read })));
        continue;
      }
      const read = (offset: number, length: number) => this.#contents.read(contents, offset, length);
      if (this.#ownership.ownerOf(contents) !== undefined && isProgram(read(0, elfMagicBytes))) continue;
      const known = this.#known.get(path) ?? (await secretsOf(path, { sizeBytes: entry.sizeBytes, read }));
      this.#known.set(path, known);
      secrets.push(...known);
    }
    return secrets.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  }
}

const elfMagic = Buffer.from('\x7fELF', 'latin1');

/** So much of a file's beginning tells whether it {@link isProgram}. */
export const elfMagicBytes = elfMagic.length;

/** A distribution's cryptographic libraries hold the keys that they test themselves with: a package's programs are public. */
export function isProgram(start: Uint8Array): boolean {
  return elfMagic.equals(start);
}

/** The secrets in one file, whose name says what it is for. Others get their turn while a large one is searched. */
export async function secretsOf(path: ImagePath, file: Readable): Promise<readonly Secret[]> {
  const where = { kind: 'file', path } as const;
  const secrets: Secret[] = [];
  const named = describeNamedFile(path, file.sizeBytes, () => {
    const bytes = file.read(0, judgedBytes);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  });
  if (named !== undefined) secrets.push({ where, what: named });
  for (const finding of searchFile(file)) {
    if (finding === undefined) {
      // Between two pieces, signals and the progress have their turn.
      if (file.sizeBytes > pauseBytes) await pause();
      continue;
    }
    const line = lineOf(file, finding.offset);
    secrets.push({ where, what: finding.what, ...(line === undefined ? {} : { line }) });
  }
  return secrets;
}

const pauseBytes = 1024 * 1024;

function keyOf(secret: Secret): string {
  return `${secret.where.kind}\0${renderPlace(secret)}\0${secret.what}`;
}
