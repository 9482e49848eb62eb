import type { ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';
import { linesOf } from './ld-so-conf.js';
import type { Pack } from './pack.js';
import { matchesAny } from './path-matcher.js';
import type { RuleContext } from './rule.js';
import { matchesWildcard } from './wildcard.js';

/** One ground on which a pack speaks. */
export interface Evidence {
  /** The kept path, else the kept object, that met the condition; none when a run or a variable did. */
  readonly parent?: ImagePath;
  /** The object that imports the symbol. */
  readonly object?: ImagePath;
  /** What the variable is set to. */
  readonly value?: string;
}

/** True when what a pack is about can be told without reading a file. */
export function isToldByNames({ when }: Pack): boolean {
  return when.imports === undefined && when.lines === undefined;
}

/**
 * On what grounds a pack speaks now; none when one of its conditions doesn't hold, or when nothing fresh has to do with
 * it. What is kept only grows and the rest is fixed, so a pack that speaks once would always speak.
 */
export function evidenceFor(pack: Pack, context: RuleContext, fresh: readonly ImagePath[]): readonly Evidence[] {
  const { when } = pack;
  const values = valuesOf(when.env, context.env);
  if (values.length === 0 || !holdsForTheRun(pack, context)) return [];
  if (!context.isFirstRound && !fresh.some((path) => concerns(pack, context, path))) return [];
  const grounds = dependsOnWhich(pack) ? allOf : firstOf;
  const isImporting = (path: ImagePath): boolean => imports(pack, context, path);
  const objects =
    when.imports === undefined ? [undefined] : (when.kept === undefined ? grounds : firstOf)(context, isImporting);
  const kept = when.kept === undefined ? [undefined] : grounds(context, (path) => isKeptMatch(pack, context, path));
  return objects.flatMap((object) =>
    kept.flatMap((path) => values.map((value) => evidenceOf(path ?? object, object, value))),
  );
}

function evidenceOf(parent: ImagePath | undefined, object: ImagePath | undefined, value: string | undefined): Evidence {
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(object === undefined ? {} : { object }),
    ...(value === undefined ? {} : { value }),
  };
}

function concerns(pack: Pack, context: RuleContext, path: ImagePath): boolean {
  return isKeptMatch(pack, context, path) || imports(pack, context, path);
}

function isKeptMatch({ when }: Pack, context: RuleContext, path: ImagePath): boolean {
  if (when.kept === undefined || !matchesAny(when.kept, path)) return false;
  // A directory named for a program (`/usr/lib/chromium`) is kept for anything below it.
  if (context.tree.get(path)?.type === 'directory') return false;
  if (when.lines === undefined) return true;
  const wildcards = when.lines;
  const lines = linesOf(context.contents(path)).filter((line) => !/^\s*(?:;|\/\/)/.test(line));
  return lines.some((line) => wildcards.some((wildcard) => matchesWildcard(wildcard, line.trim())));
}

function imports({ when }: Pack, context: RuleContext, path: ImagePath): boolean {
  if (when.imports === undefined || context.elf(path) === undefined) return false;
  const symbols = context.imports(path);
  return when.imports.some((symbol) => symbols.has(symbol)) && !matchesAny(when.except ?? [], path);
}

/** True when what is kept depends on which path it is; else one is ground enough, as a hundred may import a symbol. */
function dependsOnWhich({ keep = [], plugins = [], leave = [] }: Pack): boolean {
  return [...keep, ...plugins, ...leave].some((text) => /\{(?:program|directory)\}/.test(text));
}

function allOf(context: RuleContext, matches: (path: ImagePath) => boolean): readonly ImagePath[] {
  return [...context.selected()].filter(matches);
}

function firstOf(context: RuleContext, matches: (path: ImagePath) => boolean): readonly ImagePath[] {
  let first: ImagePath | undefined;
  for (const path of context.selected()) if ((first === undefined || path < first) && matches(path)) first = path;
  return first === undefined ? [] : [first];
}

/** The conditions that don't depend on what is kept. */
function holdsForTheRun({ when }: Pack, context: RuleContext): boolean {
  const { not } = when;
  if (when.arguments !== undefined && !hasArgument(when.arguments, context)) return false;
  if (when.traced !== undefined && !isTraced(when.traced, when.atLeast ?? 1, context)) return false;
  if (not?.arguments !== undefined && hasArgument(not.arguments, context)) return false;
  // What healing adds must not take away from what was kept before.
  if (not?.traced !== undefined && tracedMatches(context.trace, not.traced).length > 0) return false;
  return not?.env === undefined || valuesOf(not.env, context.env).length === 0;
}

function hasArgument(wildcards: readonly string[], { config, trace }: RuleContext): boolean {
  const commands = [config.Entrypoint ?? [], config.Cmd ?? [], ...trace.runs.map(({ command }) => command)];
  return commands.flat().some((word) => wildcards.some((wildcard) => matchesWildcard(wildcard, word)));
}

function isTraced(patterns: readonly string[], atLeast: number, { trace, healed }: RuleContext): boolean {
  const paths = new Set([trace, ...healed].flatMap((run) => tracedMatches(run, patterns)));
  return paths.size >= atLeast;
}

const known = new WeakMap<Trace, Map<readonly string[], readonly string[]>>();

/** The paths of a trace that match; a trace has many and never changes, so the answer is kept with it. */
function tracedMatches(trace: Trace, patterns: readonly string[]): readonly string[] {
  const answers = known.get(trace) ?? new Map<readonly string[], readonly string[]>();
  known.set(trace, answers);
  const answer =
    answers.get(patterns) ??
    trace.paths.map(({ path }) => path.replace(/(?<=.)\/+$/, '')).filter((path) => matchesAny(patterns, path));
  answers.set(patterns, answer);
  return answer;
}

/** The values of the variables that are set as asked, each once; one undefined value when none is asked for. */
function valuesOf(wanted: readonly string[] | undefined, env: readonly string[]): readonly (string | undefined)[] {
  if (wanted === undefined) return [undefined];
  const values = new Map(env.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  const matching = wanted.flatMap((variable) => {
    const cut = variable.indexOf('=');
    const name = cut < 0 ? variable : variable.slice(0, cut);
    const value = values.get(name);
    if (value === undefined || value === '') return [];
    return cut < 0 || matchesWildcard(variable.slice(cut + 1), value) ? [value] : [];
  });
  return [...new Set(matching)];
}
