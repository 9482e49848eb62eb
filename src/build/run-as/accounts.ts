import { SlimtraceError } from '../../errors.js';

/** Who a process is: what an engine makes of a config's User. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, ascending. */
  readonly groups: readonly number[];
  /** As passwd(5) has it; `/` where it has none. */
  readonly home: string;
}

/** The account files of an image, as text; empty where there is none. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

interface Account {
  readonly name: string;
  readonly id: number;
  /** The fields after name, password and ID. */
  readonly rest: readonly string[];
}

/** What Docker takes (moby/sys/user: minID, maxID). */
const maxId = 2 ** 31 - 1;

/**
 * Resolves a config's User as Docker does (moby/sys/user, GetExecUser): `USER[:GROUP]`, each a name or an ID; supplementary
 * groups only where no group is named. Undefined when a name is unknown or an ID too large.
 */
export function resolveUser(text: string, files: AccountFiles): Identity | undefined {
  const [userPart = '', groupPart = ''] = text.split(':');
  const account = find(files.passwd, userPart === '' ? '0' : userPart);
  const uid = account?.id ?? parseId(userPart === '' ? '0' : userPart);
  if (uid === undefined) return undefined;
  const home = account?.rest[2] || '/';
  if (groupPart !== '') {
    const gid = find(files.group, groupPart)?.id ?? parseId(groupPart);
    return gid === undefined ? undefined : { uid, gid, groups: [], home };
  }
  const gid = parseId(account?.rest[0] ?? '') ?? 0;
  return { uid, gid, groups: account === undefined ? [] : groupsOf(account.name, files.group, gid), home };
}

/** Reads an ID: decimal digits, up to 2³¹ - 1. */
export function parseId(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= maxId ? Number(text) : undefined;
}

/**
 * Who `--user` means in an image: `nonroot` is 65532 as on distroless images; an ID that the image doesn't know is its own
 * group too, rather than root's as for Docker. Throws `user-unknown`.
 */
export function resolveRequestedUser(text: string, files: AccountFiles): Identity {
  if (text === 'nonroot') return { uid: nonroot, gid: nonroot, groups: [], home: '/' };
  const isBareId = parseId(text) !== undefined;
  const isKnown = find(files.passwd, text) !== undefined;
  const identity = resolveUser(isBareId && !isKnown ? `${text}:${text}` : text, files);
  if (identity === undefined) throw new SlimtraceError('user-unknown', { user: JSON.stringify(text) });
  return identity;
}

const nonroot = 65532;

function groupsOf(name: string, group: string, primary: number): readonly number[] {
  const ids = [...accountsOf(group)]
    .filter(({ rest }) => (rest[0] ?? '').split(',').includes(name))
    .map(({ id }) => id)
    .filter((id) => id !== primary);
  return [...new Set(ids)].sort((left, right) => left - right);
}

function find(file: string, nameOrId: string): Account | undefined {
  for (const account of accountsOf(file)) {
    if (account.name === nameOrId || String(account.id) === nameOrId) return account;
  }
  return undefined;
}

/** The lines of passwd(5) or group(5) that are whole. */
function* accountsOf(file: string): Generator<Account> {
  for (const line of file.split('\n')) {
    const [name = '', , id = '', ...rest] = line.split(':');
    const number = parseId(id);
    if (name !== '' && number !== undefined) yield { name, id: number, rest };
  }
}
