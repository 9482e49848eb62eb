import type { Rule } from '../rule.js';

/** The directory processes start in. */
export const workingDirectory: Rule = {
  name: 'working-directory',
  looksAt: 'names',
  *want({ isFirstRound, config }) {
    const directory = config.WorkingDir ?? '';
    if (isFirstRound && directory !== '') yield { path: `/${directory}`, reason: { kind: 'working-directory' } };
  },
};
