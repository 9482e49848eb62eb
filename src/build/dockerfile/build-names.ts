import { basename } from 'node:path';
import { parseIgnoreFile } from './ignore-file.js';

/** What the instructions of a Dockerfile name of their build context: rather too much than too little. */
export interface BuildNames {
  /** Some instruction names the path, a pattern of such, or something below it. */
  names(path: string): boolean;
  /** The same of COPY, ADD and mounts only: what they name comes from the context for sure. */
  takes(path: string): boolean;
}

/** Reads RUN, COPY and ADD instructions. What a variable holds is anything. */
export function parseBuildNames(instructions: readonly string[]): BuildNames {
  const commands = instructions.filter(isRun);
  const [named, taken] = [
    parseWords(instructions),
    parseWords([...instructions.filter((line) => !isRun(line)), ...commands.flatMap(mountsOf)]),
  ];
  const isHistoryRead = commands.some((line) => readsHistory.test(line));
  return {
    names: (path) => named(path) || (isHistoryRead && basename(path) === '.git'),
    takes: taken,
  };
}

/** True for a RUN instruction. */
export function isRun(instruction: string): boolean {
  return /^RUN\s/i.test(instruction);
}

function mountsOf(command: string): readonly string[] {
  return command.match(/--mount=\S+/g) ?? [];
}

/** Commands of git that need the repository they are run in. */
const readsHistory =
  /\bgit\b(?!\s+clone\b)[^;&|\n]*\s(?:describe|log|rev-parse|rev-list|show|status|diff|submodule|ls-files|archive|tag|branch|name-rev|checkout)\b/;

/** What separates words in a shell, in JSON and in flags. */
const separator = /[\s"'`,;|&()<>=:]+/;

function parseWords(instructions: readonly string[]): (path: string) => boolean {
  const texts = instructions.map((line) => line.replace(/\$\{[^}]*\}|\$\w+/g, '*'));
  const segments = new Set(texts.flatMap((text) => text.split(separator)).flatMap((word) => word.split('/')));
  // One that matches everything names nothing.
  const patterns = [...segments].filter((segment) => /[*?[\\]/.test(segment) && /[^*?.]/.test(segment));
  const matching = patterns.map((pattern) => parseIgnoreFile(pattern));
  return (path) => {
    const name = basename(path);
    if (segments.has(name) || matching.some((pattern) => pattern.ignores(name))) return true;
    return separator.test(name) && texts.some((text) => text.replaceAll('\\', '').includes(name));
  };
}
