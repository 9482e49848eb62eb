import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { absolutePath, findProgram, searchDirectories, variable } from '../environment.js';
import { matchingPaths } from '../matching-paths.js';
import type { RuleContext } from '../rule.js';
import type { ShellScript } from './shell-script.js';
import type { ShellWord } from './shell-word.js';

/** `for f in /docker-entrypoint.d/*` may mean so many files; a pattern for more is no list of scripts. */
const maxMatches = 64;
/** No person's script has as many patterns; looking for one takes as long as its directory is. */
const maxPatterns = 500;
const maxPatternLength = 1024;

/** What the words of one script can stand for in an image. */
export interface WordMeanings {
  /** The absolute path of the program that a name or file name leads to, links unresolved; undefined for none. */
  program(name: string): string | undefined;
  /** Every text a word can stand for, as far as that is known. */
  texts(word: ShellWord): readonly string[];
  /** A file that is read as part of the script: unlike a program it need not be executable. */
  sourced(name: string): string | undefined;
}

/** The meanings in a script that is itself `path`; undefined for words that an engine is given. */
export function wordMeanings(context: RuleContext, script: ShellScript, path?: ImagePath): WordMeanings {
  const { tree } = context;
  let patterns = 0;
  const config = { ...context.config, Env: context.env };
  const assigned = literalAssignments(script);
  const ownPath = (assigned.get('PATH') ?? [])
    .flatMap((value) => value.split(':'))
    .filter((part) => part.startsWith('/'));
  const inOwnPath = (name: string) => ownPath.map((directory) => `${directory}/${name}`);
  const isFile = (name: string) => tree.resolve(name).entry?.type === 'file';

  const program = (name: string): string | undefined =>
    findProgram(tree, config, name) ??
    (name === '' || name.includes('/') ? undefined : inOwnPath(name).find((found) => findProgram(tree, config, found)));
  const sourced = (name: string): string | undefined => {
    if (name.includes('/')) return [absolutePath(config, name)].find(isFile);
    const inPath = searchDirectories(config, variable(config, 'PATH') ?? '').map((directory) => `${directory}/${name}`);
    return name === '' ? undefined : [...inPath, ...inOwnPath(name), absolutePath(config, name)].find(isFile);
  };
  const texts = (word: ShellWord): readonly string[] => {
    if (word.isLiteral) return [word.text];
    if (word.variable !== undefined) {
      const known = [...(assigned.get(word.variable) ?? []), variable(config, word.variable), word.fallback];
      // Unquoted, `ulimit -n 8192` is a command and its arguments.
      return known.flatMap((text) => text?.trim().split(/\s+/, 1) ?? []);
    }
    // `"$(dirname "$0")/lib.sh"`: most expansions that begin a file name stand for the script's own directory.
    if (word.tail !== undefined)
      return word.tail.startsWith('/') && path !== undefined && word.text === word.tail
        ? [parentOf(path) + word.tail]
        : [];
    patterns += 1;
    return patterns > maxPatterns ? [] : matches(context, word.text);
  };
  return { program, texts, sourced };
}

function literalAssignments(script: ShellScript): ReadonlyMap<string, readonly string[]> {
  const assigned = new Map<string, string[]>();
  for (const { assignments } of script.commands) {
    for (const { name, value } of assignments) {
      // PATH is nearly always added to, by an expansion: what is written out counts.
      const text = value.isLiteral || name === 'PATH' ? value.text : value.fallback;
      if (text === undefined) continue;
      const known = assigned.get(name);
      if (known === undefined) assigned.set(name, [text]);
      else known.push(text);
    }
  }
  return assigned;
}

/** Files that an absolute pattern matches, hidden ones left out; none when there are suspiciously many. */
function matches({ tree }: RuleContext, pattern: string): readonly string[] {
  if (pattern.length > maxPatternLength || !/^\/[^*?[]+\/[^/]*$/.test(pattern) || /[{}\\]/.test(pattern)) return [];
  const found: string[] = [];
  for (const path of matchingPaths(tree, pattern.replace(/\*{2,}/g, '*'))) {
    if (baseName(path).startsWith('.')) continue;
    found.push(path);
    if (found.length > maxMatches) return [];
  }
  return found;
}
