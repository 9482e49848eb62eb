import type { Rule } from '../rule.js';

/** What @vercel/nft, asked before, says that kept JavaScript reaches; from what is kept on, never from what is excluded. */
export const nodeFileTrace: Rule = {
  name: 'node-file-trace',
  defence: 'node',
  looksAt: 'names',
  *want({ assisted }, fresh) {
    if (assisted.length === 0) return;
    const isFresh = new Set(fresh);
    for (const { path, parent } of assisted) {
      if (!isFresh.has(parent)) continue;
      const because = 'reaches it, says @vercel/nft';
      yield {
        path,
        reason: { kind: 'static', defence: 'node', because, parent },
        followLast: false,
        onlyIfPresent: true,
      };
    }
  },
};
