import { type ImagePath, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import {
  fileNamed,
  findRuby,
  gemOf,
  type InstalledGem,
  type RubyLoadPath,
  rubyLoadPath,
  runsRuby,
} from '../ruby/load-path.js';
import { scanRuby } from '../ruby/scan-ruby.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** No gem that a server needs has more beside its code. */
const maxGemFiles = 10_000;

/** What kept Ruby files load by a constant name, in methods too. Only where a Ruby program was seen to run. */
export const rubyFiles: Rule = {
  name: 'ruby-files',
  defence: 'ruby',
  looksAt: 'contents',
  *want(context, fresh) {
    if (!runsRuby(context)) return;
    let loadPath: RubyLoadPath | undefined;
    for (const path of fresh) {
      if (!/\.(?:rb|ru)$/.test(path)) continue;
      const bytes = context.contents(path);
      if (bytes === undefined) continue;
      loadPath ??= rubyLoadPath(context);
      yield* loads(context, loadPath, path, Buffer.from(bytes).toString('utf8'));
    }
  },
};

/** A gem that one file is kept of: all below its `lib`, what was compiled for it, its specification. */
export const rubyGems: Rule = {
  name: 'ruby-gems',
  defence: 'ruby',
  looksAt: 'names',
  *want(context, fresh) {
    if (!runsRuby(context)) return;
    const seen = new Set<string>();
    for (const path of fresh) {
      if (context.tree.get(path)?.type !== 'file') continue;
      if (/\/ruby\/\d+\.\d+\.\d+\/enc\/encdb\.so$/.test(path)) yield* encodings(context, path);
      const gem = gemOf(path);
      if (gem === undefined || seen.has(gem.directory)) continue;
      seen.add(gem.directory);
      yield* wholeGem(context, gem, path);
    }
  },
};

function* loads(context: RuleContext, loadPath: RubyLoadPath, from: ImagePath, text: string): Generator<Want | Doubt> {
  const { references, computed } = scanRuby(text);
  for (const { kind, name } of references) {
    if (isTool(from) && !isOfRubyGems(name, kind)) continue;
    const found =
      kind === 'relative'
        ? fileNamed(context.tree, `${parentOf(from)}/${name}`)
        : findRuby(context.tree, loadPath, from, name);
    const because = kind === 'autoload' ? `loads ${name} when it is first named` : `requires ${name}`;
    for (const path of found) yield want(path, because, from);
  }
  for (const detail of computed) yield { doubt: 'dynamic-loader', loader: 'require', parent: from, detail };
}

/** RubyGems and Bundler are loaded with every program: what they would load to install, fetch and talk is not the program's. */
function isTool(path: ImagePath): boolean {
  return /\/(?:rubygems|bundler|irb|did_you_mean)(?:\.rb$|\/)/.test(path) && gemOf(path) === undefined;
}

/** What RubyGems has of its own to find a gem with. */
function isOfRubyGems(name: string, kind: 'require' | 'relative' | 'autoload'): boolean {
  return (
    kind !== 'relative' &&
    /^rubygems\/(?!commands?\/|command_|security|remote_|resolver|request|installer|package|gemcutter|test)/.test(name)
  );
}

function* wholeGem(
  { tree }: RuleContext,
  { directory, home, fullName }: InstalledGem,
  parent: ImagePath,
): Generator<Want> {
  const because = `is part of the gem ${fullName}`;
  for (const name of [
    `${home}/specifications/${fullName}.gemspec`,
    `${home}/specifications/default/${fullName}.gemspec`,
  ]) {
    yield want(name, because, parent);
  }
  const platforms = tree
    .children(tree.resolve(`${home}/extensions`).entry?.path ?? '')
    .flatMap((path) => tree.children(path));
  for (const root of [`${directory}/lib`, ...platforms.map((platform) => `${platform}/${fullName}`)]) {
    let left = maxGemFiles;
    for (const { path, type } of tree.below(tree.resolve(root).entry?.path ?? '')) {
      if (type === 'directory' || /\.(?:o|c|h|log)$/.test(path)) continue;
      left -= 1;
      if (left < 0) break;
      yield want(path, because, parent);
    }
  }
}

/** Ruby's encodings and the tables between them are libraries that it loads by the name of the encoding. */
function* encodings({ tree }: RuleContext, database: ImagePath): Generator<Want> {
  for (const { path, type } of tree.below(parentOf(database))) {
    if (type === 'file') yield want(path, 'lists the encoding, loaded when it is first used', database);
  }
}

function want(path: string, because: string, parent: ImagePath): Want {
  return { path, reason: { kind: 'static', defence: 'ruby', because, parent }, onlyIfPresent: true };
}
