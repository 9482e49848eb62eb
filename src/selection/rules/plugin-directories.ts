import type { ImagePath } from '../../image/path.js';
import type { Trace } from '../../trace/trace.js';
import type { Pack } from '../pack.js';
import { evidenceFor } from '../pack-evidence.js';
import { fillPlaceholders } from '../pack-placeholders.js';
import { matchesAny } from '../path-matcher.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { activePacks } from './packs.js';

/** Plugin directories, as packs know them, that the application listed: what it finds by name there is kept whole. */
export const pluginDirectories: Rule = {
  name: 'plugin-directories',
  defence: 'packs',
  looksAt: 'contents',
  want: (context, fresh) => wantListed(context, fresh, [context.trace]),
};

/** Those that only an earlier slim image's run listed. */
export const healedPluginDirectories: Rule = {
  name: 'healed-plugin-directories',
  defence: 'healing',
  looksAt: 'contents',
  want: (context, fresh) => wantListed(context, fresh, context.healed),
};

function* wantListed(context: RuleContext, fresh: readonly ImagePath[], traces: readonly Trace[]): Generator<Want> {
  let listed: readonly ImagePath[] | undefined;
  for (const pack of activePacks(context.options)) {
    const { plugins } = pack;
    if (plugins === undefined) continue;
    listed ??= listedDirectories(context, traces);
    if (listed.length === 0) return;
    const patterns = evidenceFor(pack, context, fresh).flatMap((evidence) =>
      plugins.flatMap((pattern) => fillPlaceholders(pattern, evidence, context)),
    );
    for (const directory of listed) if (matchesAny(patterns, directory)) yield* wantWhole(context, pack, directory);
  }
}

function listedDirectories({ tree }: RuleContext, traces: readonly Trace[]): readonly ImagePath[] {
  const directories = traces.flatMap(({ paths }) =>
    paths.flatMap(({ path, accesses }) => {
      const entry = accesses.includes('list') ? tree.resolve(path).entry : undefined;
      return entry?.type === 'directory' ? [entry.path] : [];
    }),
  );
  return [...new Set(directories)];
}

function* wantWhole({ tree }: RuleContext, pack: Pack, directory: ImagePath): Generator<Want> {
  for (const { path } of tree.below(directory))
    yield { path, reason: { kind: 'enumerated', parent: directory, pack: pack.name }, onlyIfPresent: true };
}
