import { type AccessKind, accessKinds, type Touched } from '../../trace/trace.js';

const known: ReadonlySet<string> = new Set(accessKinds);

/** What was done with a path as one line of a lock: `read stat by /usr/bin/node, /bin/sh; as /lib/x`. */
export function renderTouched({ accesses, programs, reachedThrough = [] }: Omit<Touched, 'path'>): string {
  const by = programs.length === 0 ? '' : ` by ${programs.map(quote).join(', ')}`;
  const through = reachedThrough.length === 0 ? '' : `; as ${reachedThrough.map(quote).join(', ')}`;
  return `${accesses.join(' ')}${by}${through}`;
}

/** Parses {@link renderTouched}'s line. Returns what is wrong with it as a text. */
export function parseTouched(path: string, line: string): Touched | string {
  const [, accessWords = '', by, as] = linePattern.exec(line) ?? [];
  const accesses = accessWords.split(' ').filter((word) => word !== '');
  const unknown = accesses.find((word) => !known.has(word));
  if (unknown !== undefined) return `${JSON.stringify(unknown.slice(0, 60))} is no kind of access`;
  if (accesses.length === 0) return 'it says no kind of access: write read by PROGRAM, for example';
  const programs = parsePaths(by);
  const reachedThrough = parsePaths(as);
  if (typeof programs === 'string' || typeof reachedThrough === 'string')
    return 'programs and other names are absolute paths, with commas between them';
  return {
    path,
    accesses: [...new Set(accesses as AccessKind[])].sort(),
    programs,
    ...(reachedThrough.length === 0 ? {} : { reachedThrough }),
  };
}

const paths = String.raw`(?:"(?:[^"\\]|\\.)*"|[^";])*`;
const linePattern = new RegExp(`^([a-z ]*?)(?:(?:^| )by (${paths}))?(?:; as (${paths}))?$`);

function parsePaths(text: string | undefined): readonly string[] | string {
  if (text === undefined) return [];
  const words = text.match(/"(?:[^"\\]|\\.)*"|[^\s,"][^,"]*|,/g) ?? [];
  const found: string[] = [];
  for (const word of words.filter((one) => one !== ',')) {
    const path = word.startsWith('"') ? unquote(word) : word.trim();
    if (path === undefined || !path.startsWith('/')) return 'not a path';
    found.push(path);
  }
  return [...new Set(found)].sort();
}

function quote(path: string): string {
  return /^[^\s",;\\]+$/.test(path) ? path : JSON.stringify(path);
}

function unquote(word: string): string | undefined {
  try {
    const value: unknown = JSON.parse(word);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
