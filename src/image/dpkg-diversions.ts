/** Where dpkg put the file of every package but one, because that one has its own there (dpkg-divert(1)). */
export interface Diversion {
  readonly to: string;
  /** The package whose own file stays; undefined for a diversion of the administrator's. */
  readonly by: string | undefined;
}

/** Parses `/var/lib/dpkg/diversions`: three lines each, the contested name, the other name, and the package or `:`. */
export function parseDiversions(text: string): ReadonlyMap<string, Diversion> {
  const lines = text.split('\n');
  const diversions = new Map<string, Diversion>();
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = '', to = '', by] = lines.slice(at, at + 3);
    diversions.set(from, { to, by: by === ':' ? undefined : by });
  }
  return diversions;
}
