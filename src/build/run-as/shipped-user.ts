import type { ImageConfig } from '../../image/image.js';
import { type AccountFiles, type Identity, resolveUser } from './accounts.js';

/** What a config has to say for the image to run as somebody. */
export interface ShippedUser {
  /** For the config; undefined when it stays as it is. */
  readonly user: string | undefined;
  /** For the environment: where the new account files don't give the home that the original's did. */
  readonly home: string | undefined;
  readonly remarks: readonly string[];
}

/**
 * Says who a slim image runs as so that any engine understands it with the account files that ship: as the original does
 * where that means the same, else in numbers.
 *
 * @param identity who was asked for; undefined for the original's user
 */
export function planShippedUser(
  identity: Identity | undefined,
  config: ImageConfig,
  original: AccountFiles,
  shipped: AccountFiles,
): ShippedUser {
  if (identity !== undefined) return { ...inNumbers(identity, shipped), home: undefined };
  const unchanged = { user: undefined, home: undefined, remarks: [] };
  const { User: text = '', Env: env } = config;
  const [name = ''] = text.split(':');
  // Nobody said so, or the original can't be run either.
  const before = name === '' ? undefined : resolveUser(text, original);
  if (before === undefined) return unchanged;
  const after = resolveUser(text, shipped);
  const hasHome = env?.some((variable) => variable.startsWith('HOME=')) === true;
  const home = hasHome || (after?.home ?? '/') === before.home ? undefined : before.home;
  return isSame(before, after) ? { ...unchanged, home } : { ...inNumbers(before, shipped), home };
}

/** With supplementary groups, an ID alone says more than `uid:gid` would: an engine looks them up. */
function inNumbers(identity: Identity, shipped: AccountFiles): Pick<ShippedUser, 'user' | 'remarks'> {
  const { uid, gid, groups } = identity;
  if (groups.length > 0 && isSame(identity, resolveUser(String(uid), shipped)))
    return { user: String(uid), remarks: [] };
  const lost = `it runs without the supplementary groups ${groups.join(', ')}: the image's config can't name them in numbers`;
  return { user: `${uid}:${gid}`, remarks: groups.length > 0 ? [lost] : [] };
}

function isSame(left: Identity, right: Identity | undefined): boolean {
  return left.uid === right?.uid && left.gid === right.gid && left.groups.join() === right.groups.join();
}
