import { type ImagePath, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import type { RuleContext, Want } from '../rule.js';
import { type FoundModule, findModule, packageAround } from './find-module.js';
import { frozenModules, installers, leftOut } from './known-modules.js';
import type { PythonOwner, PythonPath } from './python-path.js';
import type { PythonImport, PythonSource } from './python-source.js';

/** A kept module whose imports are looked at. */
export interface ImportingModule {
  readonly path: ImagePath;
  readonly source: PythonSource;
  readonly owner: PythonOwner;
  /** The top-level package it belongs to. */
  readonly topLevel: string;
  /** A run loaded it: what it imports then was traced. */
  readonly isLoaded: boolean;
  /** Where its absolute imports are looked for. */
  readonly directories: readonly ImagePath[];
}

type Decision =
  | { readonly kind: 'follow' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'report' }
  | { readonly kind: 'leave-out'; readonly because: string };

/**
 * What a kept module imports, now or later, as far as that is followed: an application's all, a third-party package's
 * unless it does without or it is known to be for people who develop, the standard library's own only where a module is
 * loaded anew. The rest becomes a doubt where it is there to be missed.
 */
export function* followImports(
  context: RuleContext,
  pythonPath: PythonPath,
  module: ImportingModule,
): Generator<Want | Doubt> {
  const failed = new Set<number>();
  for (const found of module.source.imports) {
    const { attempt, fallbackOf } = found.place;
    if (fallbackOf !== undefined && !failed.has(fallbackOf)) continue;
    const targets = targetsOf(context, pythonPath, module, found);
    let isFollowed = targets.length > 0 || isCarriedByInterpreter(found.module);
    for (const { name, target } of targets) {
      const decision = decide(context, module, found, name);
      if (decision.kind !== 'follow') isFollowed = false;
      yield* act(module, found, { name, target, decision });
    }
    if (attempt !== undefined && !isFollowed) failed.add(attempt.id);
  }
  if (module.owner === 'standard' || installers.has(module.topLevel)) return;
  for (const detail of module.source.computed) {
    yield { doubt: 'dynamic-loader', loader: 'importlib', parent: module.path, detail };
  }
}

interface Target {
  /** As a person would write it, dots in front included. */
  readonly name: string;
  readonly target: FoundModule;
}

/** The module that an import names, and those of the names taken from it that are submodules. */
function targetsOf(
  { tree }: RuleContext,
  pythonPath: PythonPath,
  { path, directories }: ImportingModule,
  { module, level, names }: PythonImport,
): readonly Target[] {
  let base: FoundModule | undefined;
  if (level === 0) {
    if (frozenModules.has(module) && (pythonPath.version?.minor ?? 0) >= 11) return [];
    base = findModule(tree, module, directories);
  } else {
    let directory = parentOf(path);
    for (let up = 1; up < level; up += 1) directory = parentOf(directory);
    const around = packageAround(tree, directory);
    base = module === '' ? around : findModule(tree, module, around.directories);
  }
  if (base === undefined) return [];
  const written = `${'.'.repeat(level)}${module}`;
  const submodules = base.directories.length === 0 ? [] : names;
  const found = submodules.flatMap((name) => {
    const target = findModule(tree, name, (base as FoundModule).directories);
    return target === undefined ? [] : [{ name: `${written}${module === '' ? '' : '.'}${name}`, target }];
  });
  return [{ name: written, target: base }, ...found];
}

function isCarriedByInterpreter(module: string): boolean {
  return frozenModules.has(module);
}

function decide(context: RuleContext, module: ImportingModule, { place }: PythonImport, name: string): Decision {
  const { owner, isLoaded, topLevel } = module;
  if (place.isMainProgram && owner !== 'application') return { kind: 'skip' };
  if (!place.isLazy) {
    if (!isLoaded) return { kind: 'follow' };
    if (place.attempt !== undefined || place.fallbackOf !== undefined) return { kind: 'skip' };
    if (!place.isConditional || owner === 'application') return { kind: 'follow' };
    return owner === 'standard' ? { kind: 'skip' } : { kind: 'report' };
  }
  if (owner === 'application') return { kind: 'follow' };
  if (owner === 'standard' || installers.has(topLevel)) return { kind: 'skip' };
  if (place.attempt?.isOptional === true) return { kind: 'report' };
  const absolute = absoluteName(name, module);
  const reason = leftOut.find((known) => known.module.test(absolute) && (known.by ?? topLevel) === topLevel);
  if (reason === undefined || isInUse(context, module, reason.unless)) return { kind: 'follow' };
  return { kind: 'leave-out', because: reason.because };
}

/** Near enough to tell one module of a package from another: the package in front, however deep it is. */
function absoluteName(name: string, { topLevel }: ImportingModule): string {
  return name.replace(/^\.+/, `${topLevel}.`);
}

/** The module whose use says that another one may be used as well. */
function isInUse(context: RuleContext, { directories }: ImportingModule, name: string | undefined): boolean {
  const found = name === undefined ? undefined : findModule(context.tree, name, directories);
  return found?.files.some((path) => context.isSelected(path)) === true;
}

function* act(
  { path, owner }: ImportingModule,
  { place }: PythonImport,
  { name, target, decision }: Target & { readonly decision: Decision },
): Generator<Want | Doubt> {
  if (decision.kind === 'follow') {
    yield* wantModule(target, `imports ${name}${place.isLazy ? ' in a function' : ''}`, path);
  } else if (decision.kind === 'report' && target.file !== undefined) {
    yield { doubt: 'conditional-import', parent: path, module: name, target: target.file };
  } else if (decision.kind === 'leave-out' && target.file !== undefined && owner !== 'standard') {
    yield { doubt: 'left-out', parent: path, target: target.file, because: decision.because };
  }
}

/** The files of a module that a kept file needs, packages around it included. */
export function* wantModule({ files }: FoundModule, because: string, parent: ImagePath): Generator<Want> {
  for (const path of files) {
    if (path !== parent) yield { path, reason: { kind: 'static', defence: 'python', because, parent } };
  }
}
