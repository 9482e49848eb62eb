import { baseName, decodePathBytes, type ImagePath } from '../../image/path.js';
import type { ConfigurationFormat } from '../configuration/configuration-format.js';
import { everyFormat } from '../configuration/every-format.js';
import { referencedPaths } from '../configuration/referenced-paths.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext } from '../rule.js';

const maxConfigurationBytes = 1024 * 1024;

/**
 * What a configuration file that was read names: other files of configuration, modules, keys. A section that didn't hold
 * in the run may hold in the next, and a directory that is included whole is listed, which no trace can tell from
 * looking.
 */
export const configuration: Rule = {
  name: 'configuration',
  defence: 'configuration',
  looksAt: 'contents',
  *want(context, fresh) {
    for (const path of fresh) {
      const format = formatOf(context, path);
      const bytes = format === undefined ? undefined : contentsOf(context, path);
      if (format === undefined || bytes === undefined) continue;
      for (const { path: named, directive, leftOut } of referencedPaths(
        context,
        format,
        path,
        decodePathBytes(bytes),
      )) {
        const because = `names it in ${directive.slice(0, 60)}`;
        if (leftOut !== undefined) {
          yield { doubt: 'left-out', parent: path, target: named as ImagePath, because: leftOut };
          continue;
        }
        const reason: Reason = { kind: 'static', defence: 'configuration', because, parent: path };
        yield { path: named, reason, onlyIfPresent: true };
      }
    }
  },
};

function contentsOf(context: RuleContext, path: ImagePath): Uint8Array | undefined {
  if ((context.tree.get(path)?.sizeBytes ?? 0) > maxConfigurationBytes) return undefined;
  return context.head(path)?.includes(0) === true ? undefined : context.contents(path);
}

/** The format of a file that a program read or that a file of that format names; undefined for any other. */
function formatOf(
  context: RuleContext,
  path: ImagePath,
  asked: Set<ImagePath> = new Set(),
): ConfigurationFormat | undefined {
  if (context.tree.get(path)?.type !== 'file' || asked.has(path)) return undefined;
  asked.add(path);
  for (const reason of context.reasonsOf(path)) {
    const format = formatBy(context, path, reason, asked);
    if (format !== undefined) return format;
  }
  return undefined;
}

function formatBy(
  context: RuleContext,
  path: ImagePath,
  reason: Reason,
  asked: Set<ImagePath>,
): ConfigurationFormat | undefined {
  // What a pack keeps of configuration will be read: PAM's of a program that logs people in.
  if (reason.kind === 'included-by-user' || reason.kind === 'pack' || reason.kind === 'enumerated')
    return byName(path, []);
  if (reason.kind === 'traced' || reason.kind === 'healed') {
    return reason.accesses.includes('read') ? byName(path, reason.programs) : undefined;
  }
  if (reason.kind !== 'static' || reason.parent === undefined) return undefined;
  if (reason.defence === 'scripts') return byName(path, []);
  return reason.defence === 'configuration' ? formatOf(context, reason.parent, asked) : undefined;
}

function byName(path: ImagePath, programs: readonly string[]): ConfigurationFormat | undefined {
  const readers = programs.map((program) => baseName(program as ImagePath));
  const isPlain = /\.(?:conf|cnf|ini)$/.test(path);
  return everyFormat.find((format) => format.files.test(path) || (isPlain && isReadBy(readers, format)));
}

/** `php8.2` is php, `php-fpm8.2` is php-fpm. */
function isReadBy(readers: readonly string[], { programs }: ConfigurationFormat): boolean {
  return readers.some((reader) => programs.includes(reader.replace(/[\d.]+$/, '')));
}
