import type { Rule } from '../rule.js';

/** Where programs make files without asking first (FHS 3.0: /tmp, /var/tmp, /run, /run/lock; shm_overview(7)). */
const wellKnown = ['/tmp', '/var/tmp', '/run', '/run/lock', '/var/run', '/var/lock', '/dev/shm'];
const sticky = 0o1000;

/** Directories for temporary files: a program that fails to write there often fails only then, in production. */
export const temporaryDirectories: Rule = {
  name: 'temporary-directories',
  looksAt: 'names',
  *want({ isFirstRound, tree }) {
    if (!isFirstRound) return;
    for (const path of wellKnown) yield { path, reason: { kind: 'temporary-directory' }, onlyIfPresent: true };
    for (const { type, mode, path } of tree.entries()) {
      if (type === 'directory' && (mode & sticky) !== 0) yield { path, reason: { kind: 'temporary-directory' } };
    }
  },
};
