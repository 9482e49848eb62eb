import type { FileTree } from '../../image/file-tree.js';
import { type ImagePath, parentOf } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import { argumentFiles, classPathEntries } from '../java/class-path.js';
import { classPathOf, type JarEntry, readJar } from '../java/jar.js';
import { type JavaHome, javaHomeOf, librariesOfPackages } from '../java/java-home.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** So much of the packed classes of an application is read to find out what they use; behind it, all is assumed. */
const maxPackedBytes = 6 * 1024 * 1024;
const maxClassBytes = 1024 * 1024;
const maxJarsInJar = 500;

/** More than the fonts that a server needs to draw text. */
const maxFontBytes = 16 * 1024 * 1024;

/** A directory of classes with more than this is no directory of classes. */
const maxClassFiles = 20_000;

/** What kept jars and the command's class path name: other jars, and by their classes the runtime's own libraries. */
export const javaJars: Rule = {
  name: 'java-jars',
  defence: 'java',
  looksAt: 'contents',
  bringAlong: (context) => (context.isFirstRound ? argumentFiles(context) : []),
  *want(context, fresh) {
    const machines = virtualMachines(context);
    if (machines.length === 0) return;
    for (const machine of machines) {
      if (fresh.includes(machine.virtualMachine)) yield* classPath(context, machine);
    }
    const budget = { left: maxPackedBytes };
    for (const path of fresh) {
      if (!/\.(?:jar|war|ear)$/.test(path) || context.tree.get(path)?.type !== 'file') continue;
      // The runtime's own are no application's.
      if (machines.some(({ home }) => path.startsWith(`${home}/`))) continue;
      yield* jar(context, machines, path, budget);
    }
  },
};

function virtualMachines({ tree, trace }: RuleContext): readonly JavaHome[] {
  const found = new Map<ImagePath, JavaHome>();
  for (const { path } of trace.paths) {
    if (!path.endsWith('/libjvm.so')) continue;
    const { entry } = tree.resolve(path);
    const home = entry && javaHomeOf(tree, entry.path);
    if (home !== undefined) found.set(home.virtualMachine, home);
  }
  return [...found.values()];
}

function* classPath(context: RuleContext, { virtualMachine }: JavaHome): Generator<Want> {
  for (const entry of classPathEntries(context)) {
    for (const path of filesOnClassPath(context.tree, entry)) {
      yield want(path, 'was started with it on its class path', virtualMachine);
    }
  }
}

/** A jar, `directory/*` for the jars in it, or a directory for the classes below it. */
function filesOnClassPath(tree: FileTree, entry: string): readonly string[] {
  const isWildcard = entry.endsWith('/*');
  const { entry: found } = tree.resolve(isWildcard ? entry.slice(0, -2) : entry);
  if (found?.type !== 'directory') return found === undefined ? [] : [entry];
  if (isWildcard) return tree.children(found.path).filter((path) => /\.jar$/i.test(path));
  // A command that runs in / with `.` on its class path doesn't mean the whole image.
  if (/^\/(?:[^/]*|usr\/[^/]+)$/.test(found.path) && !/^\/(?:app|opt|srv)/.test(found.path)) return [];
  const files: string[] = [];
  for (const { path, type } of tree.below(found.path)) {
    if (type !== 'directory') files.push(path);
    if (files.length > maxClassFiles) return [];
  }
  return files;
}

function* jar(
  context: RuleContext,
  machines: readonly JavaHome[],
  path: ImagePath,
  budget: { left: number },
): Generator<Want | Doubt> {
  const bytes = context.contents(path);
  const entries = bytes === undefined ? [] : readJar(bytes);
  for (const name of classPathOf(entries)) {
    if (/^[a-z]+:/i.test(name) || name.includes('\0')) continue;
    const named = name.startsWith('/') ? name : `${parentOf(path)}/${name}`;
    for (const file of filesOnClassPath(context.tree, named)) yield want(file, `lists ${name} in its Class-Path`, path);
  }
  const services = entries.flatMap(({ name }) => /^META-INF\/services\/([\w.$]+)$/.exec(name)?.[1] ?? []);
  if (services.length > 0) {
    yield { doubt: 'dynamic-loader', loader: 'ServiceLoader', parent: path, detail: services.slice(0, 3).join(', ') };
  }
  const used = bytes === undefined ? undefined : packagesUsed(entries, budget);
  for (const { package: name, libraries } of librariesOfPackages) {
    if (used !== undefined && !used.has(name)) continue;
    const because =
      used === undefined
        ? 'may use it, being too large to be read'
        : `has classes that use ${name.slice(0, -1).replaceAll('/', '.')}`;
    for (const machine of machines) {
      for (const library of libraries) yield want(`${machine.libraries}/${library}`, because, path);
    }
    if (name === 'java/awt/') yield* fonts(context.tree, because, path);
  }
}

/** Fonts and their configuration: AWT loads the first font it finds through fontconfig, and fails without one. */
function* fonts(tree: FileTree, because: string, parent: ImagePath): Generator<Want | Doubt> {
  for (const directory of ['/etc/fonts', '/usr/share/fonts', '/usr/share/fontconfig', '/usr/local/share/fonts']) {
    const root = tree.resolve(directory).entry?.path;
    const files = root === undefined ? [] : [...tree.below(root)].filter(({ type }) => type !== 'directory');
    if (root !== undefined && files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > maxFontBytes) {
      yield {
        doubt: 'left-out',
        parent,
        target: root,
        because: 'may use fonts, of which there are too many to keep unseen',
      };
    } else for (const { path } of files) yield want(path, because, parent);
  }
  for (const directory of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']) {
    for (const library of ['libfontconfig.so.1', 'libfreetype.so.6'])
      yield want(`${directory}/${library}`, because, parent);
  }
}

/** Which of the packages with libraries of their own the classes name; undefined when there is too much to read. */
function packagesUsed(entries: readonly JarEntry[], budget: { left: number }): ReadonlySet<string> | undefined {
  const used = new Set<string>();
  for (const { name, read } of entries) {
    if (name.endsWith('.jar')) {
      // An application packed whole (Spring Boot): its libraries lie in it as they are.
      const inner = read(Number.MAX_SAFE_INTEGER);
      if (inner === undefined || entries.length > maxJarsInJar) return undefined;
      const found = packagesUsed(
        readJar(inner).filter((entry) => !entry.name.endsWith('.jar')),
        budget,
      );
      if (found === undefined) return undefined;
      for (const known of found) used.add(known);
    } else if (name.endsWith('.class')) {
      const bytes = read(maxClassBytes);
      if (bytes === undefined) continue;
      budget.left -= bytes.length / 2;
      if (budget.left < 0) return undefined;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      for (const { package: candidate } of librariesOfPackages) if (text.includes(candidate)) used.add(candidate);
    }
  }
  return used;
}

function want(path: string, because: string, parent: ImagePath): Want {
  return { path, reason: { kind: 'static', defence: 'java', because, parent }, onlyIfPresent: true };
}
