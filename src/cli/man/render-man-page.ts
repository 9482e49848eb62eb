import { EventEmitter } from 'node:events';
import type { Command, Option } from 'commander';
import { manSections } from './man-sections.js';
import { roffBold, roffParagraph, roffText, roffVerbatim } from './roff.js';

export interface ManPageFacts {
  readonly version: string;
  /** The day the page is of, `2026-11-22`; the same whenever it is made. */
  readonly date: string;
}

/** The manual page of the whole program in man(7)'s macros, from the tree of commands. Plain ASCII. */
export function renderManPage(program: Command, { version, date }: ManPageFacts): string {
  const described = new Map<string, string>();
  const commands = program.createHelp().visibleCommands(program).filter(isOurs);
  return `${[
    `.TH SLIMTRACE 1 "${date}" "slimtrace ${roffText(version)}" "User Commands"`,
    ...section('NAME', roffParagraph(`slimtrace - ${lowerFirst(program.description()).replace(/\.$/, '')}`)),
    ...section('SYNOPSIS', roffBold('slimtrace'), roffParagraph('COMMAND [OPTIONS] [ARGUMENTS]')),
    ...section('DESCRIPTION', ...paragraphs(manSections.description)),
    ...section('COMMANDS', ...commands.flatMap((command) => renderCommand(command, described))),
    ...section('EXIT STATUS', ...tagged(manSections.exitStatus)),
    ...section('ENVIRONMENT', ...tagged(manSections.environment)),
    ...section('FILES', ...tagged(manSections.files)),
    ...section('EXAMPLES', ...commands.flatMap(examplesOf)),
    ...section('SEE ALSO', roffParagraph(manSections.seeAlso)),
  ].join('\n')}\n`;
}

/** Commander's own `help` is said of it once. */
const isOurs = (command: Command) => command.name() !== 'help';

function section(name: string, ...body: string[]): string[] {
  return [`.SH "${name}"`, ...body];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : ['.PP']), roffParagraph(text)]);
}

function tagged(items: readonly (readonly [string, string])[]): string[] {
  return items.flatMap(([term, text]) => ['.TP', roffBold(term), roffParagraph(text)]);
}

/** @param described which command an option was described under, by its flags and description */
function renderCommand(command: Command, described: Map<string, string>): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const known = options.filter((option) => described.has(keyOf(option)));
  const fresh = options.filter((option) => !described.has(keyOf(option)));
  for (const option of fresh) described.set(keyOf(option), command.name());
  return [
    `.SS "slimtrace ${roffText(command.name())}"`,
    roffParagraph(help.commandUsage(command)),
    '.PP',
    roffParagraph(command.description() || command.summary()),
    ...tagged(help.visibleArguments(command).map((argument) => [argument.name(), help.argumentDescription(argument)])),
    ...groupsOf(fresh).flatMap(([group, members]) => [
      ...(group === undefined ? [] : ['.PP', roffParagraph(group)]),
      ...tagged(members.map((option) => [option.flags, help.optionDescription(option)])),
    ]),
    ...asDescribedBefore(known, described),
  ];
}

const keyOf = ({ flags, description }: Option) => `${flags}\n${description}`;

function groupsOf(options: readonly Option[]): [string | undefined, Option[]][] {
  const groups = new Map<string | undefined, Option[]>();
  for (const option of options) {
    const { helpGroupHeading: heading } = option;
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return [...groups];
}

/** What several commands share is described once. */
function asDescribedBefore(options: readonly Option[], described: ReadonlyMap<string, string>): string[] {
  const byCommand = new Map<string, string[]>();
  for (const option of options) {
    const command = described.get(keyOf(option)) ?? '';
    byCommand.set(command, [...(byCommand.get(command) ?? []), option.long ?? option.flags]);
  }
  return [...byCommand].flatMap(([command, flags]) => [
    '.PP',
    roffParagraph(`As for slimtrace ${command}, above: ${flags.join(', ')}.`),
  ]);
}

/** What a command's help says at its end. */
function examplesOf(command: Command): string[] {
  let text = '';
  // Its listeners are what addHelpText made.
  if (command instanceof EventEmitter)
    command.emit('afterHelp', { command, error: false, write: (part: string) => (text += part) });
  const lines = text.replace(/^\n+/, '').trimEnd();
  if (lines === '') return [];
  return [`.SS "slimtrace ${roffText(command.name())}"`, roffVerbatim(lines)];
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
