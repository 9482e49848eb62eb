import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { findUserMapping } from '../engine/embedded/user-mapping.js';
import { type Finding, finding, isAtLeast } from './finding.js';

/** Settings that may take user namespaces away: where they are, and what value does so. */
const settings = [
  {
    file: '/proc/sys/user/max_user_namespaces',
    name: 'user.max_user_namespaces',
    forbids: '0',
    advice: 'sysctl user.max_user_namespaces=15000',
    appliesToRoot: true,
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    name: 'kernel.unprivileged_userns_clone',
    forbids: '0',
    advice: 'sysctl kernel.unprivileged_userns_clone=1',
    appliesToRoot: false,
  },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    name: 'kernel.apparmor_restrict_unprivileged_userns',
    forbids: '1',
    advice:
      'sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for node with the rule userns',
    appliesToRoot: false,
  },
] as const;

/** What decides whether this machine and this user can have containers without an engine (user_namespaces(7)). */
export async function examineEmbedded(): Promise<readonly Finding[]> {
  if (process.platform !== 'linux') return [];
  const isRoot = process.geteuid?.() === 0;
  const found: Finding[] = [];
  if (!isAtLeast(release(), 5, 6))
    found.push(finding('kernel', 'problem', `Linux ${release()}: it needs 5.6 or later`, 'use a newer kernel'));
  found.push(await describeUsers());
  const values: string[] = [];
  for (const { file, name, forbids, advice, appliesToRoot } of settings) {
    const value = (await readFile(file, 'utf8').catch(() => undefined))?.trim();
    if (value === undefined) continue;
    values.push(`${name}=${value}`);
    // A root without any goes on without; whether it does is for the probe to tell.
    if (value === forbids && (appliesToRoot || !isRoot))
      found.push(finding('namespaces', 'warning', `${name} is ${value}: it may forbid user namespaces`, advice));
  }
  if (!found.some(({ about }) => about === 'namespaces'))
    found.push(finding('namespaces', 'ok', values.join(', ') || 'no setting forbids them'));
  return found;
}

async function describeUsers(): Promise<Finding> {
  const mapping = await findUserMapping();
  if (mapping.kind === 'sub') {
    const { first, count } = mapping.uids;
    return finding('users', 'ok', `subordinate user IDs ${first} to ${first + count - 1}`);
  }
  if (mapping.kind !== 'self') return finding('users', 'ok', 'root: every user ID');
  return finding(
    'users',
    'warning',
    'no subordinate user IDs, or no newuidmap and newgidmap: containers have one user',
    'install the package uidmap (shadow), and give this user IDs: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER',
  );
}
