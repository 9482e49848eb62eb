import type { TreeEntry } from '../../image/file-tree.js';
import { baseName, childOf, type ImagePath } from '../../image/path.js';

/** Where nobody shows a file's time to the world, as web servers do (Last-Modified, ETag) with what they serve. */
const system =
  /^\/(?:(?:usr\/)?(?:bin|sbin|lib[^/]*)|etc|usr\/(?:libexec|share\/(?:zoneinfo|zoneinfo-icu|doc|locale|i18n|ca-certificates|base-files|common-licenses|misc|terminfo|perl|perl5))|var\/lib\/dpkg)(?:\/|$)/;

const compiledPython = /^(.*)\/__pycache__\/([^/]+?)\.[^/.]+(?:\.opt-[^/.]+)?\.pyc$/;

/** Whether someone reads an entry's time, by what is kept beside it. */
export type ReadsTime = (entry: TreeEntry) => boolean;

/**
 * Tells whose time counts: Python's byte code is valid for a source of one time (PEP 552), a class data archive for jars
 * of one time (JEP 310), as are the caches of Bootsnap, OPcache, fontconfig and GTK's icons for theirs.
 */
export function planReadTimes(kept: Iterable<TreeEntry>): ReadsTime {
  const sources = new Set<ImagePath>();
  const witnesses = { jar: false, ruby: false, php: false, fonts: false, icons: false };
  for (const { path, type } of kept) {
    if (type !== 'file') continue;
    const [, directory, module] = compiledPython.exec(path) ?? [];
    if (directory !== undefined) sources.add(childOf((directory || '/') as ImagePath, `${module}.py`));
    else if (path.endsWith('.pyc')) sources.add(path.slice(0, -1) as ImagePath);
    else if (path.endsWith('.jsa')) witnesses.jar = true;
    else if (path.endsWith('.php.bin')) witnesses.php = true;
    else if (path.includes('/bootsnap/')) witnesses.ruby = true;
    else if (path.includes('/fontconfig/')) witnesses.fonts = true;
    else if (baseName(path) === 'icon-theme.cache') witnesses.icons = true;
  }
  return ({ path, type }) => {
    if (type === 'symlink') return false;
    if (type === 'directory')
      return (witnesses.fonts && /\/fonts(?:\/|$)/.test(path)) || (witnesses.icons && /\/icons(?:\/|$)/.test(path));
    if (!system.test(path) || sources.has(path)) return true;
    if (witnesses.jar && /(?:\.jar|\/modules)$/.test(path)) return true;
    return (witnesses.ruby && path.endsWith('.rb')) || (witnesses.php && path.endsWith('.php'));
  };
}
