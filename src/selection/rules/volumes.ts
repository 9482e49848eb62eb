import type { Rule } from '../rule.js';

/**
 * The mount point of each volume: an engine gives a new volume its owner and mode. What it holds is data and is kept
 * only where the run touched it.
 */
export const volumes: Rule = {
  name: 'volumes',
  looksAt: 'names',
  *want({ isFirstRound, config }) {
    if (!isFirstRound) return;
    for (const path of Object.keys(config.Volumes ?? {})) yield { path: `/${path}`, reason: { kind: 'volume' } };
  },
};
