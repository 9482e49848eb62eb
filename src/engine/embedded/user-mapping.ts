import { access, constants, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';

/** How user IDs of a container are IDs of this machine (user_namespaces(7)). */
export type UserMapping =
  /** Root maps every ID to itself. */
  | { readonly kind: 'all' }
  /** Root, where no user namespace is to be had: in a chroot, or forbidden by the administrator. */
  | { readonly kind: 'none' }
  /** Root in the container is this user, the rest are subordinate IDs (subuid(5)). */
  | { readonly kind: 'sub'; readonly uids: SubordinateIds; readonly gids: SubordinateIds }
  /** Root in the container is this user, and there is nobody else. */
  | { readonly kind: 'self' };

export interface SubordinateIds {
  readonly first: number;
  readonly count: number;
}

/** The agent's word for a mapping (src/agent/native/id-map.c). */
export function renderUserMapping(mapping: UserMapping): string {
  if (mapping.kind !== 'sub') return mapping.kind;
  const { uids, gids } = mapping;
  return `sub:${uids.first}:${uids.count}:${gids.first}:${gids.count}`;
}

/** What this user can map: everything as root, subordinate IDs where there are any and newuidmap(1) is, else itself. */
export async function findUserMapping(): Promise<UserMapping> {
  const uid = process.geteuid?.() ?? 0;
  if (uid === 0) return { kind: 'all' };
  const username = userName();
  const [uids, gids, hasTools] = await Promise.all([
    readSubordinateIds('/etc/subuid', username, uid),
    readSubordinateIds('/etc/subgid', username, uid),
    Promise.all(['newuidmap', 'newgidmap'].map(isOnPath)),
  ]);
  if (uids === undefined || gids === undefined || hasTools.includes(false)) return { kind: 'self' };
  return { kind: 'sub', uids, gids };
}

/** Undefined for an ID that /etc/passwd doesn't know, as `docker run --user 12345` gives. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** The first range of a user: lines of `USER-OR-UID:FIRST:COUNT` (subuid(5)). */
async function readSubordinateIds(
  file: string,
  name: string | undefined,
  uid: number,
): Promise<SubordinateIds | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [owner, first, count] = line.split(':');
    if (owner !== name && owner !== String(uid)) continue;
    if (/^\d+$/.test(first ?? '') && /^[1-9]\d*$/.test(count ?? ''))
      return { first: Number(first), count: Number(count) };
  }
  return undefined;
}

async function isOnPath(command: string): Promise<boolean> {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    try {
      await access(join(directory, command), constants.X_OK);
      return true;
    } catch {
      // Not in this one.
    }
  }
  return false;
}
