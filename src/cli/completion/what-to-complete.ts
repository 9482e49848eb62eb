import type { Argument, Command, Option } from 'commander';

/** What can stand where the cursor is. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Names that only this machine knows: an engine, a configuration (the keys of its images), a disk. */
  readonly dynamic: readonly DynamicKind[];
  /** What the word begins with and every completion of it has to keep: `--report=`. */
  readonly prefix: string;
  /** What the rest of the word begins with so far. */
  readonly stem: string;
  /** What the command line says before: flags by their long names, and their values. */
  readonly said: ReadonlyMap<string, string>;
}

export type DynamicKind = 'images' | 'keys' | 'containers' | 'files' | 'directories';

export interface Candidate {
  /** The whole word. */
  readonly value: string;
  readonly description: string;
}

/**
 * What may stand at the end of a command line, from the tree of commands alone: whatever is declared is completed.
 *
 * @param words what comes after the program's name, the last of them being the one to complete
 */
export function whatToComplete(program: Command, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const { command, operands, pending, isAfterDashes, said } = findPlace(program, words.slice(0, -1));
  const none: Completion = { candidates: [], dynamic: [], prefix: '', stem: current, said };
  if (isAfterDashes) return none;
  if (pending?.required) return { ...none, ...valuesOf(pending, '', current) };
  const [, flag, stem = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (flag !== undefined) {
    const option = optionOf(command, flag);
    return option === undefined ? none : { ...none, ...valuesOf(option, `${flag}=`, stem) };
  }
  if (current.startsWith('-')) return { ...none, candidates: flagsOf(command).filter(startsWith(current)) };
  if (command.commands.length > 0 && operands === 0)
    return { ...none, candidates: subcommandsOf(command).filter(startsWith(current)) };
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[operands] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? none : { ...none, ...valuesOf(argument, '', current) };
}

const startsWith =
  (stem: string) =>
  ({ value }: Candidate) =>
    value.startsWith(stem);

interface Place {
  readonly command: Command;
  /** How many arguments the command has got. */
  readonly operands: number;
  /** The flag before, which takes a value. */
  readonly pending: Option | undefined;
  readonly isAfterDashes: boolean;
  readonly said: ReadonlyMap<string, string>;
}

/** Reads the words as commander would. */
function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let pending: Option | undefined;
  let isAfterDashes = false;
  const said = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined && (pending.required || !word.startsWith('-'))) {
      said.set(pending.long ?? '', word);
      pending = undefined;
      continue;
    }
    pending = undefined;
    if (isAfterDashes) continue;
    if (word === '--') isAfterDashes = true;
    else if (word.startsWith('-') && word.length > 1) {
      const [flag = '', value] = word.split('=', 2);
      const option = optionOf(command, flag);
      if (value === undefined) pending = option?.required || option?.optional ? option : undefined;
      else said.set(flag, value);
    } else if (!isHelp(command, word, operands)) {
      const subcommand = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (subcommand === undefined) operands += 1;
      else command = subcommand;
    }
  }
  return { command, operands, pending, isAfterDashes, said };
}

/** `slimtrace help COMMAND`, which commander adds by itself. */
function isHelp(command: Command, word: string, operands: number): boolean {
  return word === 'help' && operands === 0 && command.commands.length > 0;
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => short === flag || long === flag);
}

function flagsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, short, description }) => {
      const value = long ?? short;
      return value === undefined ? [] : [{ value, description }];
    });
}

function subcommandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.summary() || one.description() }));
}

function valuesOf(taker: Option | Argument, prefix: string, stem: string): Omit<Completion, 'said'> {
  const choices = taker.argChoices ?? [];
  const candidates = choices.map((choice) => ({ value: `${prefix}${choice}`, description: '' }));
  return {
    candidates: candidates.filter(startsWith(`${prefix}${stem}`)),
    dynamic: choices.length > 0 ? [] : kindsOfValue(taker),
    prefix,
    stem,
  };
}

/** What its placeholder and its description say that it is: `--report <file>`, `<image>`, "keys of …". */
function kindsOfValue(taker: Option | Argument): readonly DynamicKind[] {
  // A directory of the image.
  if ('long' in taker && taker.long === '--workdir') return [];
  const placeholder = 'flags' in taker ? (/[<[](.*)[>\]]/.exec(taker.flags)?.[1] ?? '') : taker.name();
  if (/^keys\b/.test(taker.description)) return ['keys'];
  const kind = kinds.find(([pattern]) => pattern.test(placeholder.toLowerCase()))?.[1];
  if (kind === undefined) return [];
  return kind === 'images' && /\bkey\b/.test(taker.description) ? ['keys', 'images'] : [kind];
}

const kinds: readonly (readonly [RegExp, DynamicKind])[] = [
  [/container/, 'containers'],
  [/director/, 'directories'],
  [/file|archive|volume|^traces$/, 'files'],
  [/image|^(?:original|slim|a|b|base)$/, 'images'],
];
