/** EROFS, EACCES and EPERM in the words of errno(3) and of the runtimes that have their own. */
const refusal = /read-?only file ?system|\bEROFS\b|permission denied|\bEACCES\b|operation not permitted|\bEPERM\b/i;
const readOnly = /read-?only file ?system|\bEROFS\b/i;

/** What is refused for want of a capability (capabilities(7)), by the words of the programs that want it. */
const capabilities: readonly (readonly [RegExp, string])[] = [
  [/\bf?l?chown(?:at)?\b|change ?owner/i, 'CAP_CHOWN'],
  [/\bset(?:res|re|fs)?gid\b|\b(?:setgroups|initgroups)\b/i, 'CAP_SETGID'],
  [/\bset(?:res|re|fs)?uid\b|\b(?:su|gosu|su-exec|setpriv)\b/i, 'CAP_SETUID'],
  [/\bbind(?:ing)?\b|\blisten/i, 'CAP_NET_BIND_SERVICE'],
  [/\b(?:ping|raw socket|SOCK_RAW)\b/i, 'CAP_NET_RAW'],
  [/\bmknod\b/i, 'CAP_MKNOD'],
  [/\bchroot\b/i, 'CAP_SYS_CHROOT'],
  [/\bf?chmod(?:at)?\b/i, 'CAP_FOWNER'],
  [/\bkill(?:ing)?\b/i, 'CAP_KILL'],
];

/** A path as messages have it: in quotes, or between white space and a colon. */
const quotedPath = /["'`‘“](\/[^"'`’”]+)["'`’”]/;
const barePath = /(?:^|[\s(=])(\/[^\s:;,)"']+)/;

const mostTold = 5;
const longestShown = 200;

/**
 * What `lines` say was refused and lines of `before` didn't: which path has to be writable or which capability is
 * wanted, as far as the line tells, with the line. Only the last few.
 */
export function refusalsOf(lines: readonly string[], before: readonly string[]): string[] {
  const known = new Set(before);
  const told = lines.filter((line) => refusal.test(line) && !known.has(line)).map((line) => line.trim());
  const read = [...new Set(told)].map(readRefusal);
  // A runtime tells of one error in several lines, and only some of them say what it was about.
  const clear = read.filter(({ path, capability }) => path !== undefined || capability !== undefined);
  return (clear.length > 0 ? clear : read).slice(-mostTold).map(describe);
}

interface Refusal {
  readonly line: string;
  readonly path: string | undefined;
  readonly capability: string | undefined;
}

function readRefusal(line: string): Refusal {
  const path = quotedPath.exec(line)?.[1] ?? barePath.exec(line)?.[1];
  return { line, path, capability: capabilities.find(([words]) => words.test(line))?.[1] };
}

function describe({ line, path, capability }: Refusal): string {
  const shown = line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
  const said = ` (${JSON.stringify(shown)})`;
  if (readOnly.test(line))
    return `${path === undefined ? 'it writes to the root file system' : `it writes to ${path}`}${said}`;
  if (capability !== undefined) return `it wants ${capability}${path === undefined ? '' : ` for ${path}`}${said}`;
  return `${path === undefined ? 'it is refused something' : `it is refused ${path}`}${said}`;
}
