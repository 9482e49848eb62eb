import type { ImagePath } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import type { RuleContext, Want } from '../rule.js';
import { findModule } from './find-module.js';
import { type ImportingModule, wantModule } from './follow-imports.js';
import { importedByUse, installers, leftOut } from './known-modules.js';

/** Encodings whose tables are native modules of some hundred kilobytes (Modules/cjkcodecs): many a package only lists them. */
const largeEncoding = /^(?:big5|cp9(?:32|49|50)|euc_|gb|hz|iso2022_|johab|shift_jis)/;

/**
 * What a kept module needs without importing it: what C code imports when a function is used, encodings it gives by a
 * constant, and modules that an application names in strings (`"app.middleware.Audit"`, `"app:create"`), or a package of itself.
 */
export function* namedModules(context: RuleContext, module: ImportingModule): Generator<Want | Doubt> {
  const { tree } = context;
  const { source, owner, directories, path } = module;
  if (installers.has(module.topLevel)) return;
  for (const { names, modules } of importedByUse) {
    if (!names.every((name) => source.names.has(name)) || module.topLevel === 'click') continue;
    for (const imported of modules) {
      const found = findModule(tree, imported, directories);
      if (found !== undefined) yield* wantModule(found, `uses ${names.at(-1)}`, path);
    }
  }
  for (const encoding of source.encodings) yield* wantEncoding(context, encoding, directories, { path, owner });
  if (owner === 'application') yield* wantZones(source.zones, path);
  for (const word of source.words) {
    // A package names modules of its own that it loads when a setting or an argument asks for them.
    if (owner !== 'application' && (owner === 'standard' || !word.startsWith(`${module.topLevel}.`))) continue;
    const found = moduleNamedBy(word, (name) => findModule(tree, name, directories));
    if (found?.file === undefined) continue;
    const isLeft = owner !== 'application' && leftOut.some((known) => known.module.test(word));
    if (!isLeft) yield* wantModule(found, `names ${word} in a string`, path);
    else yield { doubt: 'left-out', parent: path, target: found.file, because: `names ${word} in a string` };
  }
}

function* wantZones(zones: Iterable<string>, parent: ImagePath): Generator<Want> {
  for (const zone of zones) {
    const because = `names the time zone ${zone}`;
    const reason: Want['reason'] = { kind: 'static', defence: 'python', because, parent };
    yield { path: `/usr/share/zoneinfo/${zone}`, reason, onlyIfPresent: true };
  }
}

/** The module of an encoding, by any name that it goes by (the codecs module's documentation, `encodings/aliases.py`). */
export function* wantEncoding(
  context: RuleContext,
  encoding: string,
  directories: readonly ImagePath[],
  by: Pick<ImportingModule, 'path' | 'owner'> | undefined,
): Generator<Want | Doubt> {
  const { tree } = context;
  const plain = encoding.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const name = aliasesOf(context, directories).get(plain) ?? plain;
  const found = findModule(tree, `encodings.${name}`, directories);
  if (found?.file === undefined) return;
  const because = `names the encoding ${encoding}`;
  if (by !== undefined && by.owner !== 'application' && largeEncoding.test(name)) {
    yield { doubt: 'left-out', parent: by.path, target: found.file, because };
    return;
  }
  const parent = by === undefined ? {} : { parent: by.path };
  for (const path of found.files) yield { path, reason: { kind: 'static', defence: 'python', because, ...parent } };
}

/** `encodings/aliases.py` is a dictionary, a line for each alias. */
function aliasesOf(context: RuleContext, directories: readonly ImagePath[]): ReadonlyMap<string, string> {
  const file = findModule(context.tree, 'encodings.aliases', directories)?.file;
  const bytes = file === undefined ? undefined : context.contents(file);
  const lines = bytes === undefined ? [] : Buffer.from(bytes).toString('latin1').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, alias, name] = /^ {1,8}'(\w+)' {0,40}: {0,4}'(\w+)'/.exec(line) ?? [];
      return alias === undefined || name === undefined ? [] : [[alias, name] as const];
    }),
  );
}

/** `a.b`, or the module of `a.b.Name` and `a.b:name`; a single word means nothing without a colon. */
function moduleNamedBy<Found>(word: string, find: (name: string) => Found | undefined): Found | undefined {
  if (word.includes('-')) return undefined;
  const [name = '', object] = word.split(':');
  if (object !== undefined) return find(name);
  const parts = name.split('.');
  if (parts.length < 2) return undefined;
  return find(name) ?? (parts.length > 2 ? find(parts.slice(0, -1).join('.')) : undefined);
}
