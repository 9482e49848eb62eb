import type { Argument, Command, Option } from 'commander';

/** What can stand where the cursor is. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Names that only this machine knows. */
  readonly dynamic?: 'images' | 'containers' | 'files' | 'directories';
  /** What the word begins with and every completion of it has to keep: `--report=`. */
  readonly prefix: string;
  /** What the rest of the word begins with so far. */
  readonly stem: string;
  /** The engine that the command line names. */
  readonly engine?: string;
}

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
  const place = findPlace(program, words.slice(0, -1));
  const { command } = place;
  const none: Completion = { candidates: [], prefix: '', stem: current };
  const engine = place.engine === undefined ? {} : { engine: place.engine };
  if (place.isAfterDashes) return none;
  if (place.pending?.required) return { ...valuesOf(place.pending, '', current), ...engine };
  const [, flag, stem = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (flag !== undefined) {
    const option = optionOf(command, flag);
    return option === undefined ? none : { ...valuesOf(option, `${flag}=`, stem), ...engine };
  }
  if (current.startsWith('-')) return { ...none, candidates: flagsOf(command).filter(startsWith(current)) };
  if (command.commands.length > 0 && place.operands === 0)
    return { ...none, candidates: subcommandsOf(command).filter(startsWith(current)) };
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[place.operands] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? none : { ...valuesOf(argument, '', current), ...engine };
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
  readonly engine: string | undefined;
}

/** Reads the words as commander would. */
function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let pending: Option | undefined;
  let isAfterDashes = false;
  let engine: string | undefined;
  for (const word of words) {
    if (pending !== undefined && (pending.required || !word.startsWith('-'))) {
      if (pending.long === '--engine') engine = word;
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
      else if (flag === '--engine') engine = value;
    } else if (!isHelp(command, word, operands)) {
      const subcommand = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (subcommand === undefined) operands += 1;
      else command = subcommand;
    }
  }
  return { command, operands, pending, isAfterDashes, engine };
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

function valuesOf(taker: Option | Argument, prefix: string, stem: string): Completion {
  const choices = taker.argChoices ?? [];
  const candidates = choices.map((choice) => ({ value: `${prefix}${choice}`, description: '' }));
  const kind = choices.length > 0 ? undefined : kindOfValue(taker);
  return {
    candidates: candidates.filter(startsWith(`${prefix}${stem}`)),
    prefix,
    stem,
    ...(kind === undefined ? {} : { dynamic: kind }),
  };
}

/** What its placeholder says that it is: `--report <file>`, `<image>`. */
function kindOfValue(taker: Option | Argument): Completion['dynamic'] {
  // A directory of the image.
  if ('long' in taker && taker.long === '--workdir') return undefined;
  const placeholder = 'flags' in taker ? (/[<[](.*)[>\]]/.exec(taker.flags)?.[1] ?? '') : taker.name();
  return kinds.find(([pattern]) => pattern.test(placeholder.toLowerCase()))?.[1];
}

const kinds: readonly (readonly [RegExp, NonNullable<Completion['dynamic']>])[] = [
  [/container/, 'containers'],
  [/director/, 'directories'],
  [/file|archive|volume/, 'files'],
  [/image|^(?:original|slim|a|b|base)(?:\.\.\.)?$/, 'images'],
];
