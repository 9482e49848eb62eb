import type { ImagePath } from '../../image/path.js';
import type { RuleContext } from '../rule.js';
import { moduleDirectories } from './node-world.js';

/** What is brought along of one package for what may come. */
const maxUnseenFiles = 200;
const maxUnseenBytes = 1024 * 1024;

/** Each package.json that may decide where a fresh file's modules are, and npm's list of what is installed. */
export function* manifestsInReach({ tree }: RuleContext, fresh: readonly ImagePath[]): Generator<string> {
  const seen = new Set<string>();
  for (const path of fresh) {
    if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(path)) continue;
    for (const directory of moduleDirectories(path)) {
      if (seen.has(directory)) break;
      seen.add(directory);
      yield `${directory.slice(0, -'node_modules'.length)}package.json`;
      const { entry } = tree.resolve(directory);
      if (entry === undefined) continue;
      yield `${entry.path}/.package-lock.json`;
      for (const name of tree.children(entry.path)) {
        yield `${name}/package.json`;
        if (/\/@[^/]+$/.test(name)) for (const scoped of tree.children(name)) yield `${scoped}/package.json`;
      }
    }
  }
}

/**
 * The modules of packages that nobody was seen to load: one of them leads to the next, and each step would cost a trip.
 * Of small packages only; the others are fetched as they are asked for.
 */
export function* packagesOfUnseen({ tree, reasonsOf }: RuleContext, fresh: readonly ImagePath[]): Generator<string> {
  const seen = new Set<string>();
  for (const path of fresh) {
    const directory = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
    if (directory === undefined || seen.has(directory)) continue;
    if (!reasonsOf(path).every(({ kind }) => kind === 'static')) continue;
    seen.add(directory);
    const modules: string[] = [];
    let sizeBytes = 0;
    for (const entry of tree.below(directory)) {
      if (entry.type !== 'file' || !/\.(?:[cm]?js|json)$/.test(entry.path)) continue;
      modules.push(entry.path);
      sizeBytes += entry.sizeBytes;
      if (modules.length > maxUnseenFiles || sizeBytes > maxUnseenBytes) break;
    }
    if (modules.length <= maxUnseenFiles && sizeBytes <= maxUnseenBytes) yield* modules;
  }
}
