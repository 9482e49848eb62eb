import type { ImagePath } from '../../image/path.js';
import { isFileOnly } from '../granularity.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { type Company, directoryCompany } from './granularity-directory.js';
import { isDocumentation } from './granularity-documentation.js';
import { GranularityOfPaths } from './granularity-of-paths.js';
import { packageCompany } from './granularity-package.js';
import { distributionRecords } from './granularity-python.js';
import { representatives } from './granularity-representative.js';

/**
 * What comes along with the kept files: nothing, those that stand beside them, or those of the same package. Asked
 * once, of what all other rules keep: the company that a file brings needs its libraries and interpreters, which those
 * rules see to, and brings no company itself. So it ends, and no order of events changes it.
 *
 * `package` brings all that `directory` does, which for a file of no package is all it can.
 */
export const granularity: Rule = {
  name: 'granularity',
  defence: 'granularity',
  looksAt: 'whole',
  *bringAlong({ tree, options }, fresh) {
    const { default: fallback, overrides } = options.granularity;
    if ([fallback, ...overrides.map(({ granularity: named }) => named)].includes('package'))
      yield* distributionRecords(tree, fresh);
  },
  *want(context, all) {
    if (isFileOnly(context.options.granularity)) return;
    const plan = new GranularityOfPaths(context.tree, context.options.granularity);
    yield* plan.notes;
    const beside = directoryCompany(context);
    const inPackage = packageCompany(context);
    const standing = representatives(context, all);
    for (const path of all) {
      const wanted = plan.of(path);
      if (wanted === 'file' || !standing.has(path) || context.tree.get(path)?.type !== 'file') continue;
      yield* wantsOf(context, plan, path, beside(path));
      if (wanted === 'package') yield* wantsOf(context, plan, path, inPackage(path));
    }
  },
};

function* wantsOf(
  context: RuleContext,
  plan: GranularityOfPaths,
  parent: ImagePath,
  { paths, because }: Company,
): Generator<Want> {
  const reason: Reason = { kind: 'static', defence: 'granularity', because, parent };
  for (const path of paths) {
    if (context.isSelected(path) || plan.isAlwaysAlone(path) || isDocumentation(path, context.env)) continue;
    yield { path, reason, followLast: false };
    if (context.tree.get(path)?.type === 'symlink' && context.tree.resolve(path).entry !== undefined)
      yield { path, reason: { kind: 'symlink-target', parent: path } };
  }
}
