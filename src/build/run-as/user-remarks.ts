import type { TreeEntry } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import { type ImagePath, isWithin } from '../../image/path.js';
import { type AccountFiles, type Identity, resolveUser } from './accounts.js';
import type { Need } from './needs.js';
import { isPermitted } from './permission.js';
import { isEngines, staysRoots } from './root-places.js';

export interface UserChange {
  /** Who the image is to run as. */
  readonly identity: Identity;
  /** The original's. */
  readonly config: ImageConfig;
  readonly accounts: AccountFiles;
  readonly kept: readonly TreeEntry[];
  readonly needs: ReadonlyMap<ImagePath, Need>;
}

/** What another user may meet that no check shows. */
export function userRemarks(change: UserChange): readonly string[] {
  const before = resolveUser(change.config.User ?? '', change.accounts);
  if (before === undefined || before.uid === change.identity.uid) return [];
  return [...homeRemark(before, change), ...unseenRemark(before, change), ...portRemark(before, change)];
}

/** An engine sets HOME by passwd(5): what was written in the old user's home is looked for elsewhere. */
function homeRemark({ home: old }: Identity, { identity, config, needs }: UserChange): readonly string[] {
  if (old === identity.home || old === '/' || config.Env?.some((variable) => variable.startsWith('HOME='))) return [];
  const isWritten = [...needs].some(([path, { bits }]) => (bits & 2) !== 0 && isWithin(path, old));
  if (!isWritten) return [];
  return [
    // Which it is, the account files that ship decide: a base may bring its own.
    `the application writes in ${old}, its user's home; the new user has another, unless ENV HOME says otherwise`,
  ];
}

const shown = 3;

/** Nobody asked for it, so nobody is given it: that may be a key of somebody else's. */
function unseenRemark(before: Identity, { identity, kept, needs }: UserChange): readonly string[] {
  const unreadable = kept
    .filter((entry) => entry.type === 'file' && !isEngines(entry.path) && !staysRoots(entry.path))
    .filter((entry) => !needs.has(entry.path))
    .filter((entry) => isPermitted(entry, before, 4) && !isPermitted(entry, identity, 4))
    .map(({ path }) => path)
    .sort();
  if (unreadable.length === 0) return [];
  const more = unreadable.length > shown ? ` and ${unreadable.length - shown} more` : '';
  return [
    `no run read ${unreadable.slice(0, shown).join(', ')}${more}, which the new user may not read: add a check if the application does`,
  ];
}

/** The first port that anybody may listen on, unless net.ipv4.ip_unprivileged_port_start says otherwise (ip(7)). */
const firstFreePort = 1024;

function portRemark({ uid }: Identity, { config }: UserChange): readonly string[] {
  const low = Object.keys(config.ExposedPorts ?? {}).filter((port) => Number.parseInt(port, 10) < firstFreePort);
  if (uid !== 0 || low.length === 0) return [];
  return [
    `it listens on ${low.join(', ')}: Docker since 20.10 lets any user, an engine that doesn't needs the sysctl net.ipv4.ip_unprivileged_port_start=0`,
  ];
}
