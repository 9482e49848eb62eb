import { SlimtraceError } from '../../errors.js';
import { type ArchiveFiles, openArchiveFile, type StoredFile } from './archive-files.js';
import { normaliseEntryName, quoteName } from './entry-name.js';
import { type InflateArchiveOptions, inflateArchive } from './inflate-archive.js';
import { type IndexedMember, indexTar } from './tar-index.js';

/** As many links as the kernel follows (`MAXSYMLINKS`, include/linux/namei.h). */
const maxLinks = 40;

/** What a path of a tar stands for; a link's text is a path from the root of the tar. */
type Member = StoredFile | { readonly link: string };

/**
 * The files of a tar, found without reading their bodies. Of members with one name the last counts, as for `tar -x`; links,
 * by which `docker save` before 25 spares equal layers, are followed inside the tar. One that is compressed as a whole is
 * inflated first. Throws `archive-invalid`.
 */
export async function openTarArchive(path: string, options: InflateArchiveOptions): Promise<ArchiveFiles> {
  const file = await inflateArchive(path, options);
  const members = await indexFile(file, path, options.signal);
  const files = new Map<string, Member>();
  const duplicates: string[] = [];
  for (const member of members) {
    const name = normaliseEntryName(member.name);
    if (name === undefined) throw invalid(`the entry ${quoteName(member.name)} leads out of the archive`);
    if (member.type === 'directory') continue;
    if (files.has(name)) duplicates.push(name);
    const meant = meaningOf(member, name, file, files);
    if (meant === undefined) files.delete(name);
    else files.set(name, meant);
  }
  return {
    duplicates,
    find: async (name) => follow(files, name),
    list: async (directory) => [...files.keys()].filter((name) => name.startsWith(`${directory}/`)),
  };
}

async function indexFile(file: string, what: string, signal: AbortSignal): Promise<IndexedMember[]> {
  const handle = await openArchiveFile(file);
  try {
    return await indexTar({ fd: handle.fd, offset: 0, sizeBytes: (await handle.stat()).size }, { signal, what });
  } finally {
    await handle.close();
  }
}

function meaningOf(
  member: IndexedMember,
  path: string,
  file: string,
  files: ReadonlyMap<string, Member>,
): Member | undefined {
  const { type, bodyOffset: offset, sizeBytes, linkTarget = '' } = member;
  if (type === 'file') return { file, offset, sizeBytes };
  if (type === 'hard-link') {
    // A second name for what the first one stands for by now.
    const target = files.get(normaliseEntryName(linkTarget) ?? '');
    if (target === undefined)
      throw invalid(`${quoteName(path)} is a link to ${quoteName(linkTarget)}, which is missing`);
    return target;
  }
  if (type !== 'symlink') return undefined;
  const directory = linkTarget.startsWith('/') ? '' : path.slice(0, path.lastIndexOf('/') + 1);
  return { link: `${directory}${linkTarget}` };
}

function follow(files: ReadonlyMap<string, Member>, path: string): StoredFile | undefined {
  let text = path;
  for (let links = 0; links <= maxLinks; links += 1) {
    const at = normaliseEntryName(text);
    if (at === undefined) throw invalid(`${quoteName(text)} leads out of the archive`);
    const member = files.get(at);
    if (member === undefined || 'file' in member) return member;
    text = member.link;
  }
  throw invalid(`${quoteName(path)} is a link that leads in a circle`);
}

function invalid(reason: string): SlimtraceError {
  return new SlimtraceError('archive-invalid', { reason });
}
