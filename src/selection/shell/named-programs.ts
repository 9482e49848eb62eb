import { parseShell } from './parse-shell.js';
import { isShell } from './shell-programs.js';
import type { ShellScript } from './shell-script.js';
import type { ShellWord } from './shell-word.js';

/** A program that a script runs, or a file that a shell reads as part of it. */
export interface NamedProgram {
  readonly word: ShellWord;
  /** `executes`: another program runs it, so that a builtin or a function of the name doesn't count. */
  readonly how: 'runs' | 'executes' | 'sources';
}

/** Programs that run another one, with how many operands stand before it; options may come first. */
const wrappers = new Map(
  Object.entries({
    ...{
      exec: 0,
      command: 0,
      builtin: 0,
      env: 0,
      nohup: 0,
      nice: 0,
      ionice: 0,
      setsid: 0,
      stdbuf: 0,
      time: 0,
      xargs: 0,
    },
    ...{ sudo: 0, doas: 0, setpriv: 0, runuser: 0, tini: 0, 'dumb-init': 0, busybox: 0, unshare: 0, catatonit: 0 },
    ...{
      gosu: 1,
      'su-exec': 1,
      chroot: 1,
      timeout: 1,
      flock: 1,
      setuidgid: 1,
      's6-setuidgid': 1,
      taskset: 1,
      capsh: 0,
    },
  }),
);
/** Those of them that are part of the shell and look for builtins too. */
const ofShell = new Set(['command', 'builtin', 'time']);
const takesScript = new Set(['su', 'runuser', 'script', 'watch']);
const execOptions = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** Texts within texts (`sh -c "sh -c …"`) are read to this depth. */
const maxDepth = 8;

/**
 * What stands where commands stand in a script, through `exec`, `env`, `find -exec`, `sh -c` and their kin. Words are as
 * they were written: expansions may be missing. `isProgram` tells whether a word can be a program at all: it settles
 * whether what follows an option is the option's argument.
 */
export function* namedPrograms(
  script: ShellScript,
  isProgram: (name: string) => boolean,
  depth = 0,
): Generator<NamedProgram> {
  for (const { words } of script.commands) yield* programsOfCommand(words, isProgram, depth);
}

/** The same of one command, its words as a program would be given them. */
export function* programsOfCommand(
  words: readonly ShellWord[],
  isProgram: (name: string) => boolean,
  depth = 0,
  how: 'runs' | 'executes' = 'runs',
): Generator<NamedProgram> {
  const [name, ...rest] = words;
  if (name === undefined || depth > maxDepth) return;
  yield { word: name, how };
  if (!name.isLiteral) return;
  const base = name.text.slice(name.text.lastIndexOf('/') + 1);
  if (base === '.' || base === 'source') {
    if (rest[0] !== undefined) yield { word: rest[0], how: 'sources' };
    return;
  }
  const text = scriptText(base, rest);
  if (text !== undefined) yield* namedPrograms(parseShell(text), isProgram, depth + 1);
  else if (isShell(base) && base !== 'busybox') {
    const file = rest.find(({ text: word }) => !/^[-+]/.test(word));
    if (file !== undefined) yield { word: file, how: 'sources' };
  } else if (base === 'find') {
    for (const command of executedByFind(rest)) yield* programsOfCommand(command, isProgram, depth + 1, 'executes');
  } else {
    const operands = wrappers.get(base);
    if (operands === undefined) return;
    for (const { word, how } of programsOfWrapper(rest, operands, isProgram, depth + 1)) {
      yield { word, how: how === 'executes' && ofShell.has(base) ? 'runs' : how };
    }
  }
}

/** The script that is an argument: of `sh -c`, `su -c`, `eval`, `trap`. */
function scriptText(base: string, words: readonly ShellWord[]): string | undefined {
  if (base === 'eval') return words.map(({ text }) => text).join(' ');
  if (base === 'trap') return words.find(({ text }) => text !== '--')?.text;
  if (!isShell(base) && !takesScript.has(base)) return undefined;
  const option = words.findIndex(({ text }) => /^-[a-z]*c$/i.test(text));
  const beforeOption = words.slice(0, Math.max(option, 0));
  // What follows a script's name is the script's own.
  if (option < 0 || (isShell(base) && beforeOption.some(({ text }) => !/^[-+]/.test(text)))) return undefined;
  return words.slice(option + 1).find(({ text }) => !text.startsWith('-'))?.text;
}

function* executedByFind(words: readonly ShellWord[]): Generator<readonly ShellWord[]> {
  for (let at = 0; at < words.length; at += 1) {
    if (!execOptions.has(words[at]?.text ?? '')) continue;
    const end = words.findIndex(({ text }, index) => index > at && (text === ';' || text === '+'));
    yield words.slice(at + 1, end < 0 ? undefined : end);
    if (end < 0) return;
    at = end;
  }
}

function* programsOfWrapper(
  words: readonly ShellWord[],
  operands: number,
  isProgram: (name: string) => boolean,
  depth: number,
): Generator<NamedProgram> {
  let operandsLeft = operands;
  let isAfterOption = false;
  for (const [at, word] of words.entries()) {
    if (word.isLiteral && /^-./.test(word.text)) isAfterOption = word.text !== '--' && !word.text.includes('=');
    else if (/^[A-Za-z_]\w*=/.test(word.text)) isAfterOption = false;
    else if (isAfterOption && !isProgram(word.text)) isAfterOption = false;
    else if (operandsLeft > 0) operandsLeft -= 1;
    else {
      yield* programsOfCommand(words.slice(at), isProgram, depth, 'executes');
      // A name that is a program can be an option's argument all the same: `sudo -u postgres pg_ctl`.
      if (!isAfterOption || wrappers.has(word.text)) return;
      isAfterOption = false;
    }
  }
}
