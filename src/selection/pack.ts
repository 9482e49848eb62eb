import { SlimtraceError } from '../errors.js';
import { parseGlobs } from './glob.js';
import { nearestWord } from './nearest-word.js';

/** What must hold for a pack to speak: all of its conditions. See packs/PACKS.md for the words. */
export interface PackCondition {
  /** One of these patterns matches a kept path that is no directory. */
  readonly kept?: readonly string[];
  /** With `kept`: one of these wildcard texts matches a line (comments left out) of the kept file. */
  readonly lines?: readonly string[];
  /** A kept ELF object imports one of these symbols. */
  readonly imports?: readonly string[];
  /** With `imports`: objects, as patterns, whose imports don't count. */
  readonly except?: readonly string[];
  /** A traced program named a path that one of these patterns matches. */
  readonly traced?: readonly string[];
  /** With `traced`: so many different paths must match; 1 when absent. */
  readonly atLeast?: number;
  /** One of these variables is set, in the image or for the run: `NAME`, or `NAME=wildcard text`. */
  readonly env?: readonly string[];
  /** One of these wildcard texts matches a word of the image's command or of one that ran under the trace. */
  readonly arguments?: readonly string[];
  /** None of these holds. What is kept can't be asked for here: the answer would depend on the order. */
  readonly not?: {
    readonly traced?: readonly string[];
    readonly env?: readonly string[];
    readonly arguments?: readonly string[];
  };
}

/**
 * A piece of declared knowledge: if this is kept, keep that, because. Patterns are those of `--include`; those of
 * `keep`, `plugins` and `leave` may have placeholders in them (see packs/PACKS.md).
 */
export interface Pack {
  readonly name: string;
  /** A clause with the kept path as its subject: `loads its plugins from there by name`. */
  readonly because: string;
  readonly when: PackCondition;
  readonly keep?: readonly string[];
  /** Paths that `keep` matches and that stay out, with all below them. */
  readonly but?: readonly string[];
  /** Directories whose names the application lists to find its plugins: what is listed is kept whole. */
  readonly plugins?: readonly string[];
  /** What is left out knowingly, and told: `because` is then why it may be missed. */
  readonly leave?: readonly string[];
}

type Kind = 'text' | 'name' | 'patterns' | 'texts' | 'count' | 'when' | 'not';

const packFields: Readonly<Record<keyof Pack, Kind>> = {
  name: 'name',
  because: 'text',
  when: 'when',
  keep: 'patterns',
  but: 'patterns',
  plugins: 'patterns',
  leave: 'patterns',
};
const notFields: Readonly<Record<string, Kind>> = { traced: 'patterns', env: 'texts', arguments: 'texts' };
const whenFields: Readonly<Record<keyof PackCondition, Kind>> = {
  kept: 'patterns',
  lines: 'texts',
  imports: 'texts',
  except: 'patterns',
  traced: 'patterns',
  atLeast: 'count',
  env: 'texts',
  arguments: 'texts',
  not: 'not',
};

/** So long may a text of a pack be, and so many may a list have. */
const maxText = 1000;
const maxList = 1000;

/** Parses a file of packs (a JSON list), trusting nothing. `from` is named in errors. Throws `usage`. */
export function parsePacks(text: string, from: string): readonly Pack[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SlimtraceError('usage', { problem: `${from} is not JSON` }, { cause });
  }
  return checkPacks(value, from);
}

/** {@link parsePacks} of what was parsed already. */
export function checkPacks(value: unknown, from: string): readonly Pack[] {
  if (!Array.isArray(value)) throw problem(from, 'is not a list of packs', 'it begins with [ and ends with ]');
  const names = new Set<string>();
  for (const [index, pack] of value.entries()) {
    const name = isRecord(pack) && typeof pack.name === 'string' ? `pack ${JSON.stringify(pack.name)}` : undefined;
    const where = `${from}, ${name ?? `pack number ${index + 1}`}`;
    checkFields(pack, packFields, where, '');
    checkPack(pack as Pack, where);
    if (names.has((pack as Pack).name)) throw problem(where, 'is there twice', 'each pack has a name of its own');
    names.add((pack as Pack).name);
  }
  return value as readonly Pack[];
}

function checkPack(pack: Pack, where: string): void {
  for (const field of ['name', 'because', 'when'] as const) {
    if (pack[field] === undefined) throw problem(where, `lacks ${JSON.stringify(field)}`);
  }
  if (pack.keep === undefined && pack.plugins === undefined && pack.leave === undefined)
    throw problem(where, 'keeps nothing', 'give it "keep", "plugins" or "leave"');
  const { kept, imports, traced, env, arguments: words, lines, except, atLeast } = pack.when;
  if ([kept, imports, traced, env, words].every((condition) => condition === undefined))
    throw problem(where, 'has no condition in "when"', 'one of kept, imports, traced, env and arguments');
  const needed = { kept: lines, imports: except, traced: atLeast } as const;
  for (const [field, dependent] of Object.entries(needed)) {
    if (dependent === undefined || pack.when[field as keyof typeof needed] !== undefined) continue;
    const name = Object.keys(pack.when).find((key) => pack.when[key as keyof PackCondition] === dependent);
    throw problem(where, `has "when.${name}" without "when.${field}"`);
  }
}

function checkFields(value: unknown, fields: Readonly<Record<string, Kind>>, where: string, prefix: string): void {
  if (!isRecord(value))
    throw problem(where, `${prefix === '' ? 'the pack' : `"${prefix.slice(0, -1)}"`} is not an object`);
  for (const [field, content] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const name = JSON.stringify(prefix + field);
    if (kind === undefined)
      throw problem(where, `has an unknown field ${name}`, suggestion(field, Object.keys(fields)));
    if (kind === 'when') checkFields(content, whenFields, where, 'when.');
    else if (kind === 'not') checkFields(content, notFields, where, 'when.not.');
    else checkContent(content, kind, where, name);
  }
}

function checkContent(content: unknown, kind: Kind, where: string, name: string): void {
  if (kind === 'text' || kind === 'name') {
    if (typeof content !== 'string' || content.trim() === '' || content.length > maxText)
      throw problem(where, `${name} is not a text`);
    if (kind === 'name' && !/^[a-z0-9][\w.-]*$/i.test(content))
      throw problem(where, `${name} is not a name`, 'letters, digits, "-", "." and "_"');
    return;
  }
  if (kind === 'count') {
    if (!Number.isInteger(content) || (content as number) < 1) throw problem(where, `${name} is not a number from 1`);
    return;
  }
  const isList = Array.isArray(content) && content.length > 0 && content.length <= maxList;
  if (!isList || !content.every((text) => typeof text === 'string' && text !== '' && text.length <= maxText))
    throw problem(where, `${name} is not a list of texts`, `for example ${name}: ["..."]`);
  if (kind === 'patterns') for (const pattern of content as string[]) checkPattern(pattern, where, name);
}

function checkPattern(pattern: string, where: string, name: string): void {
  const unknown = [...pattern.matchAll(/\{(\w+)\}/g)].find(([, word = '']) => !placeholders.has(word));
  if (unknown !== undefined)
    throw problem(
      where,
      `${name} has an unknown placeholder ${unknown[0]}`,
      suggestion(unknown[1] ?? '', [...placeholders]),
    );
  try {
    parseGlobs(pattern);
  } catch (cause) {
    throw new SlimtraceError('usage', { problem: `${where}: ${name} has a pattern for too many paths` }, { cause });
  }
}

/** What a placeholder stands for is found in pack-placeholders.ts. */
const placeholders: ReadonlySet<string> = new Set([
  'directory',
  'program',
  'value',
  'locale',
  'language',
  'zone',
  'libraries',
]);

function suggestion(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(where: string, what: string, hint?: string): SlimtraceError {
  return new SlimtraceError('usage', { problem: `${where}: ${what}`, ...(hint === undefined ? {} : { hint }) });
}
