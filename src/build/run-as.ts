import type { TreeEntry } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import type { ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';
import type { OwnerChange } from './composition.js';
import { type AccountFiles, type Identity, resolveRequestedUser } from './run-as/accounts.js';
import { type Need, needsOf } from './run-as/needs.js';
import { type AccessBits, isPermitted, isSticky } from './run-as/permission.js';
import { isEngines, staysRoots } from './run-as/root-places.js';
import { userRemarks } from './run-as/user-remarks.js';
import { planVolumes } from './run-as/volume-directories.js';

export interface RunAs {
  /** Undefined when the image keeps its own user. */
  readonly identity: Identity | undefined;
  readonly owners: readonly OwnerChange[];
  /** Directories that volumes begin with and that the original lacks: an engine would make them root's. */
  readonly directories: readonly TreeEntry[];
  /** What a person should know: what the user may not do though the original's did. */
  readonly remarks: readonly string[];
}

export interface RunAsInput {
  /** As `--user` has it. */
  readonly user: string | undefined;
  readonly image: Pick<Image, 'config' | 'tree'>;
  /** The image's own. */
  readonly accounts: AccountFiles;
  readonly kept: readonly TreeEntry[];
  readonly trace: Trace;
}

/**
 * Decides the user that a slim image runs as, and which kept entries have to be that user's for the application to do what
 * it did under the trace: where the group's rights do for what is only read, its group alone, so that it can't be written.
 * Programs, account files and the like stay whose they are. Throws `user-unknown`.
 */
export function planRunAs({ user, image, accounts, kept, trace }: RunAsInput): RunAs {
  if (user === undefined) return { identity: undefined, owners: [], directories: [], remarks: [] };
  const identity = resolveRequestedUser(user, accounts);
  const needs = needsOf(trace, image.tree, [image.config.WorkingDir || '/']);
  const volumes = planVolumes(Object.keys(image.config.Volumes ?? {}), image.tree, identity);
  for (const path of volumes.there) needs.set(path, { bits: 7, owns: needs.get(path)?.owns === true });
  const changes = new Changes(identity, kept);
  for (const entry of kept) {
    const need = needs.get(entry.path);
    if (need !== undefined && entry.type !== 'symlink' && !isEngines(entry.path)) changes.consider(entry, need);
  }
  const { owners, remarks } = changes.finish(kept);
  const { directories } = volumes;
  return {
    identity,
    owners,
    directories,
    remarks: [...remarks, ...userRemarks({ identity, config: image.config, accounts, kept, needs })],
  };
}

/** Collects what has to change. */
class Changes {
  readonly #identity: Identity;
  readonly #to: string;
  readonly #owners = new Map<ImagePath, OwnerChange>();
  readonly #inodes = new Map<string, Pick<OwnerChange, 'to' | 'why'>>();
  readonly #remarks: string[] = [];
  /** Files of which some name stays whose it is: so do the others. */
  readonly #rootsInodes: ReadonlySet<string>;

  constructor(identity: Identity, kept: readonly TreeEntry[]) {
    this.#identity = identity;
    this.#to = `${identity.uid}:${identity.gid}`;
    this.#rootsInodes = new Set(kept.flatMap(({ path, hardLinkId }) => (staysRoots(path) ? (hardLinkId ?? []) : [])));
  }

  consider(entry: TreeEntry, { bits, owns }: Need): void {
    // Everybody's directory, such as /tmp, whose mode a program sets once more.
    const isOwn = entry.uid === this.#identity.uid || this.#identity.uid === 0 || isSticky(entry);
    if (isPermitted(entry, this.#identity, bits) && (!owns || isOwn)) return;
    const why = (bits & 2) !== 0 || owns ? 'writes' : 'reads';
    const { path, mode, hardLinkId = '' } = entry;
    if (staysRoots(path) || this.#rootsInodes.has(hardLinkId)) this.#remark(entry, why, 'stays with its owner');
    else if (entry.type === 'file' && (mode & 0o6000 || entry.xattrs?.has('security.capability')))
      this.#remark(entry, why, 'has rights of its own that a new owner would share');
    else if (!isPermitted({ ...entry, uid: this.#identity.uid }, this.#identity, bits))
      this.#remark(entry, why, `has the mode ${mode.toString(8)}, which lets not even its owner do so`);
    else
      this.#change(entry, {
        why,
        to: why === 'reads' && this.#isEnoughForGroup(entry, bits) ? this.#groups(entry) : this.#to,
      });
  }

  #isEnoughForGroup(entry: TreeEntry, bits: AccessBits): boolean {
    return isPermitted({ ...entry, gid: this.#identity.gid }, this.#identity, bits);
  }

  #groups({ uid }: TreeEntry): string {
    return `${uid}:${this.#identity.gid}`;
  }

  /** Names of one file have one owner (inode(7)). */
  finish(kept: readonly TreeEntry[]): Pick<RunAs, 'owners' | 'remarks'> {
    for (const entry of kept) {
      const change = entry.hardLinkId === undefined ? undefined : this.#inodes.get(entry.hardLinkId);
      if (change !== undefined) this.#change(entry, change);
    }
    const owners = [...this.#owners.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
    return { owners, remarks: this.#remarks.sort() };
  }

  #change(entry: TreeEntry, change: Pick<OwnerChange, 'to' | 'why'>): void {
    const { path, uid, gid, hardLinkId } = entry;
    // By one name it may be read only, and written by another.
    const known = hardLinkId === undefined ? undefined : this.#inodes.get(hardLinkId);
    const { to, why } = known?.to === this.#to ? known : change;
    if (hardLinkId !== undefined) this.#inodes.set(hardLinkId, { to, why });
    const from = `${uid}:${gid}`;
    if (from !== to) this.#owners.set(path, { path, from, to, why });
  }

  #remark({ path, type, uid, gid }: TreeEntry, why: OwnerChange['why'], because: string): void {
    const what = why === 'reads' ? 'reads' : type === 'directory' ? 'makes or removes files in' : 'writes';
    this.#remarks.push(
      `the original's user ${what} ${path}, and ${this.#to} may not: it belongs to ${uid}:${gid} and ${because}`,
    );
  }
}
