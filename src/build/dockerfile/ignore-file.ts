/** What a `.dockerignore` leaves out of a build context. */
export interface IgnoreFile {
  /** `path` is relative to the context, without `./`. */
  ignores(path: string): boolean;
}

interface Pattern {
  readonly matches: RegExp;
  /** `!`: takes back what an earlier line left out. */
  readonly isException: boolean;
}

/**
 * Reads a `.dockerignore` as builders do (moby/patternmatcher): one pattern a line, `#` begins a comment line, the last
 * line that matches a path or a directory above it counts, and a line that is no pattern is left out.
 */
export function parseIgnoreFile(text: string): IgnoreFile {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap(parseLine);
  return {
    ignores(path) {
      const names = path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
      const last = patterns.findLast(({ matches }) => names.some((name) => matches.test(name)));
      return last !== undefined && !last.isException;
    },
  };
}

function parseLine(line: string): Pattern[] {
  if (line.startsWith('#')) return [];
  const isException = line.trim().startsWith('!');
  const written = line.trim().replace(/^!\s*/, '');
  const path = clean(written);
  if (written === '' || path === '') return [];
  try {
    return [{ matches: new RegExp(`^${render(path)}$`, 'u'), isException }];
  } catch {
    return [];
  }
}

/** As Go's filepath.Clean, and without a slash in front: everything is relative to the context. */
function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0) parts.pop();
    else if (part !== '..') parts.push(part);
  }
  return parts.join('/');
}

/** Go's filepath.Match, and `**` for any number of directories. */
function render(pattern: string): string {
  const token = /\*\*\/?|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|[\s\S]/gu;
  return [...pattern.matchAll(token)]
    .map(([text]) => {
      if (text === '**/') return '(?:.*/)?';
      if (text === '**') return '.*';
      if (text === '*') return '[^/]*';
      if (text === '?') return '[^/]';
      if (text.length > 1 && text.startsWith('[')) return text;
      const character = text.startsWith('\\') && text.length > 1 ? text.slice(1) : text;
      return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    })
    .join('');
}
