import type { Rule } from '../rule.js';

/** Which distribution the files are from: scanners find no vulnerabilities without it (os-release(5)). */
export const osRelease: Rule = {
  name: 'os-release',
  looksAt: 'names',
  *want({ isFirstRound }) {
    if (!isFirstRound) return;
    for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
      yield { path, reason: { kind: 'os-release' }, onlyIfPresent: true };
    }
  },
};
