/** One link of a chain: `path` is kept because of `reason`, whose parent is the next step's path. */
export interface ChainStep<P, R> {
  readonly path: P;
  readonly reason: R;
}

/** Who is kept why, however paths and reasons are written down. */
export interface Reasons<P, R> {
  reasonsOf(path: P): readonly R[];
  /** The kept path a reason leads on to, if any. */
  parentOf(reason: R): P | undefined;
}

/** A chain for each of a path's reasons, from it down to a root cause, the shortest first. */
export function chainsOf<P, R>(path: P, reasons: Reasons<P, R>): readonly (readonly ChainStep<P, R>[])[] {
  const chains = reasons.reasonsOf(path).map((reason) => chainFrom({ path, reason }, reasons));
  const ending = chains.filter((chain) => isRooted(chain, reasons));
  // A reason that only leads back here explains nothing, unless there is no other.
  return (ending.length > 0 ? ending : chains).sort((left, right) => left.length - right.length);
}

function isRooted<P, R>(chain: readonly ChainStep<P, R>[], { parentOf }: Reasons<P, R>): boolean {
  const last = chain.at(-1);
  return last !== undefined && parentOf(last.reason) === undefined;
}

/** Follows each parent's first reason, the one nearest to a root cause, and stops where it would go in a circle. */
function chainFrom<P, R>(first: ChainStep<P, R>, { reasonsOf, parentOf }: Reasons<P, R>): readonly ChainStep<P, R>[] {
  const chain = [first];
  const seen = new Set<P>([first.path]);
  for (let path = parentOf(first.reason); path !== undefined && !seen.has(path); ) {
    seen.add(path);
    const [reason] = reasonsOf(path);
    if (reason === undefined) break;
    chain.push({ path, reason });
    path = parentOf(reason);
  }
  return chain;
}
