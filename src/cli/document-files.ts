import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readCertificates } from '../build/certificate-file.js';
import type { ImageDocuments, InputFile } from '../document-image.js';
import { digestOf } from '../system/digest.js';
import { readGivenFile } from '../system/given-file.js';
import { type OutputFile, openOutputFile } from '../system/output-file.js';
import { Resources } from '../system/resources.js';
import type { ResultFlags, SelectionFlags } from './flags.js';

/** Where the documents about a slim image go. Leaving the scope leaves nothing but what was written. */
export interface DocumentFiles extends AsyncDisposable {
  /** Writes them, all or none. Without documents, what is there stays as it is. */
  write(documents: ImageDocuments | undefined): Promise<void>;
}

/** Makes sure, before the work starts, that the documents can be written. Throws `output-unwritable`. */
export async function openDocumentFiles({ sbom, provenance }: ResultFlags): Promise<DocumentFiles> {
  await using held = new Resources();
  const open = async (path: string | undefined): Promise<OutputFile | undefined> =>
    path === undefined ? undefined : held.use(await openOutputFile(path));
  const files = { sbom: await open(sbom), provenance: await open(provenance) };
  const resources = held.move();
  return {
    async write(documents) {
      if (documents === undefined) return;
      for (const kind of ['sbom', 'provenance'] as const)
        await files[kind]?.write((path) => writeFile(path, `${JSON.stringify(documents[kind], undefined, 2)}\n`));
      for (const file of [files.sbom, files.provenance]) await file?.commit();
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/** The files that decide what comes of it, by their digests. Throws `file-unreadable` and `certificates-unreadable`. */
export async function readInputFiles(flags: SelectionFlags, signal: AbortSignal): Promise<readonly InputFile[]> {
  const given = [
    ...(flags.includeFrom ?? []).map((file) => ['--include-from', file] as const),
    ...(flags.packs ?? []).filter((pack) => typeof pack === 'string').map((file) => ['--packs', file] as const),
  ];
  const packs = (flags.packs ?? []).filter((pack) => typeof pack !== 'string');
  const describe = (flag: string, file: string, bytes: Uint8Array): InputFile => ({
    flag,
    name: basename(file),
    digest: digestOf(bytes),
  });
  const { certs } = flags;
  return await Promise.all([
    ...(typeof certs === 'string'
      ? [readCertificates(certs, signal).then((bytes) => describe('--certs', certs, bytes))]
      : []),
    ...packs.map((pack) => describe('--packs', 'slimtrace.yaml', Buffer.from(JSON.stringify(pack)))),
    ...given.map(async ([flag, file]) => describe(flag, file, await readGivenFile(file, { signal }))),
  ]);
}
