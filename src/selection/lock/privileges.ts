import type { TreeEntry } from '../../image/file-tree.js';

/** What rights a file gives to whoever runs or opens it, in words; undefined for nearly all files. */
export function privilegeOf({ path, type, mode, uid, gid, xattrs }: TreeEntry): string | undefined {
  const words: string[] = [];
  const isProgram = type === 'file' && (mode & 0o111) !== 0;
  if (isProgram && (mode & 0o4000) !== 0) words.push('setuid');
  if (isProgram && (mode & 0o2000) !== 0) words.push('setgid');
  const capabilities = xattrs?.get('security.capability');
  if (capabilities !== undefined) words.push(`capabilities ${Buffer.from(capabilities).toString('hex')}`);
  // Engines put their own devices over the image's.
  if (path.startsWith('/dev/')) return undefined;
  if (type === 'block-device' || type === 'character-device') words.push(type);
  if (type === 'file' && (mode & 0o002) !== 0) words.push('writable by all');
  if (words.length === 0) return undefined;
  return `${words.join(', ')} (${mode.toString(8).padStart(4, '0')} ${uid}:${gid})`;
}
