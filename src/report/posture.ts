import { renderPlace } from '../build/secrets/secret.js';
import { worldWritable } from '../image/world-writable.js';
import type { SlimResult } from '../slim-result.js';

/** Who a slim image runs as, and what of it is open to others: the part of a report about its security. */
export interface ReportedPosture {
  /** The config's User, before and after; empty for root, which nobody named. */
  readonly user: { readonly original: string; readonly slim: string };
  /** Entries whose owner was changed for that user, `uid:gid`, and what it does there. */
  readonly owners: readonly {
    readonly path: string;
    readonly from: string;
    readonly to: string;
    readonly why: 'reads' | 'writes';
  }[];
  /** What that user may not do though the original's did, and what else a person should know about it. */
  readonly remarks: readonly string[];
  /** What would better not ship, the values left out; `place` is a file, `FILE:LINE`, or a field of the config. */
  readonly secrets: readonly { readonly place: string; readonly what: string }[];
  /** Files, and directories without the sticky bit, that anybody may write. The slim image adds none. */
  readonly worldWritable: { readonly original: number; readonly slim: readonly string[] };
}

/** The posture of a result, in the order of paths. */
export function buildPosture({
  config: { User: user = '' },
  composition,
  tree,
}: Pick<SlimResult, 'config' | 'composition' | 'tree'>): ReportedPosture {
  return {
    user: { original: user, slim: composition.user ?? user },
    owners: composition.owners.map(({ path, from, to, why }) => ({ path, from, to, why })),
    remarks: composition.userRemarks,
    secrets: composition.secrets.map((secret) => ({ place: renderPlace(secret), what: secret.what })),
    worldWritable: {
      original: worldWritable(tree.entries()).length,
      slim: worldWritable(composition.entries),
    },
  };
}
