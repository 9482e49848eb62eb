import { type ImagePath, isWithin } from '../../image/path.js';
import type { Doubt } from '../doubt.js';
import { manifestsInReach, packagesOfUnseen } from '../node/brought-along.js';
import { isPlaced } from '../node/constant-path.js';
import { isLargeTable, isLauncher, mayFollow } from '../node/may-follow.js';
import { filesBeginning, filesNamed, isOfPackage, type NamedFiles, placedPath } from '../node/named-files.js';
import { addonLoaders, addonsOf, architectureOf, below, platformPackages } from '../node/native-addons.js';
import { NodeWorld, nodePrograms, packageDirectories } from '../node/node-world.js';
import { plainFile } from '../node/package-manifest.js';
import { type ResolvedModule, resolveModule, splitSpecifier } from '../node/resolve-module.js';
import { type JavaScriptReference, scanJavaScript } from '../node/scan-javascript.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** As many packages as an application names one by one. */
const maxDependencies = 500;

/**
 * What kept JavaScript names: modules it requires or imports, in functions too, files it reads by a constant path, native
 * addons. Only where a Node.js program was seen to run.
 */
export const nodeModules: Rule = {
  name: 'node-modules',
  defence: 'node',
  looksAt: 'contents',
  *bringAlong(context, fresh) {
    if (nodePrograms(context).length === 0) return;
    yield* manifestsInReach(context, fresh);
    yield* packagesOfUnseen(context, fresh);
  },
  *want(context, fresh) {
    const programs = nodePrograms(context);
    if (programs.length === 0) return;
    const world = new NodeWorld(context);
    const architecture = architectureOf(context, programs);
    const follower = new Follower(world, architecture);
    for (const path of fresh) {
      if (!isJavaScript(context, path) || isLauncher(path)) continue;
      const bytes = context.contents(path);
      if (bytes !== undefined) yield* follower.follow(path, Buffer.from(bytes).toString('utf8'));
    }
  },
};

/** A file of modules' own extensions, or a program that names node on its first line. */
function isJavaScript(context: RuleContext, path: ImagePath): boolean {
  if (context.tree.get(path)?.type !== 'file') return false;
  if (/\.(?:[cm]?[jt]s|[jt]sx)$/.test(path)) return !/\.d\.[cm]?ts$/.test(path);
  if (/\.\w+$/.test(path)) return false;
  const head = context.head(path);
  return head?.[0] === 0x23 && /^#!.*\bnode\b/.test(Buffer.from(head.subarray(0, 128)).toString('latin1'));
}

class Follower {
  readonly #world: NodeWorld;
  readonly #architecture: string | undefined;
  /** Packages whose addons were asked for in this round. */
  readonly #served = new Set<string>();

  constructor(world: NodeWorld, architecture: string | undefined) {
    this.#world = world;
    this.#architecture = architecture;
  }

  *follow(from: ImagePath, text: string): Generator<Want | Doubt> {
    const { references, computed } = scanJavaScript(text);
    for (const reference of references) yield* this.#reference(from, reference);
    for (const { loader, expression } of computed) {
      yield { doubt: 'dynamic-loader', loader, parent: from, detail: expression };
    }
    yield* this.#namedDependencies(from, text, new Set(references.map((reference) => reference.text)));
    yield* this.#platformPackages(from);
  }

  /** `app.set("view engine", "ejs")`, `render("page.pug")`, `transport: { target: "pino-pretty" }`: others load what is named. */
  *#namedDependencies(from: ImagePath, text: string, loaded: ReadonlySet<string>): Generator<Want> {
    const manifest = isOfPackage(from) ? undefined : this.#world.owner(from)?.manifest;
    if (manifest === undefined) return;
    for (const name of [...manifest.dependencies, ...manifest.optionalDependencies].slice(0, maxDependencies)) {
      if (loaded.has(name) || !['"', "'", '`'].some((quote) => isNamed(text, name, quote))) continue;
      const found = resolveModule(this.#world, { kind: 'require', specifier: name, from });
      const because = `names ${name}, which its package depends on`;
      for (const path of [...(found?.files ?? []), ...(found?.manifests ?? [])]) yield want(path, because, from);
    }
  }

  *#reference(from: ImagePath, reference: JavaScriptReference): Generator<Want | Doubt> {
    const { kind, text, isWhole } = reference;
    if (kind === 'beside') {
      yield* this.#files(from, filesNamed(this.#world, from, `${directoryOf(from)}${text}`), text);
    } else if (kind === 'file' || kind === 'script' || isPlaced(text)) yield* this.#placed(from, reference);
    else if (isWhole) yield* this.#module(from, reference);
    else yield* this.#modulesBeginning(from, text);
  }

  *#placed(from: ImagePath, reference: JavaScriptReference): Generator<Want | Doubt> {
    const { kind, text, isWhole } = reference;
    const world = this.#world;
    const path = placedPath(world, from, text);
    if (path === undefined || (!isPlaced(text) && kind === 'file')) return;
    if (kind === 'file') {
      const found = isWhole ? filesNamed(world, from, path) : filesBeginning(world, from, path, false);
      yield* this.#files(from, found, nameOf(path));
      if (!isOfPackage(from) && found.files.length === 0) yield* this.#directory(from, path);
    } else if (kind === 'script' && !path.startsWith('/')) {
      // Relative to the working directory, and by many taken to be relative to the file.
      const names = isOfPackage(from) ? [directoryOf(from)] : [`${world.workingDirectory}/`, directoryOf(from)];
      for (const directory of names) yield* this.#loaded(from, reference, directory + path);
    } else if (isWhole) {
      yield* this.#loaded(from, reference, path);
    } else yield* this.#files(from, filesBeginning(world, from, path, true), nameOf(path));
  }

  /** The directory that is named, or that what is named would be in: an application makes files there while it runs. */
  *#directory(from: ImagePath, path: string): Generator<Want> {
    const isDirectory = (name: string) => this.#world.tree.resolve(name).entry?.type === 'directory';
    const directory = isDirectory(path) ? path : path.slice(0, path.lastIndexOf('/'));
    if (isDirectory(directory) && !isWithin(from, this.#world.tree.resolve(directory).directory))
      yield want(directory, `names ${nameOf(path)}`, from);
  }

  *#module(from: ImagePath, reference: JavaScriptReference): Generator<Want | Doubt> {
    const { text } = reference;
    const owner = this.#world.owner(from);
    if (addonLoaders.has(splitSpecifier(text)?.name ?? '') && owner !== undefined) {
      yield* this.#addons(from, owner.directory, text);
    }
    yield* this.#loaded(from, reference, text);
  }

  *#loaded(from: ImagePath, reference: JavaScriptReference, specifier: string): Generator<Want | Doubt> {
    const kind = reference.kind === 'import' ? 'import' : 'require';
    const found = resolveModule(this.#world, { kind, specifier, from });
    if (found === undefined) return;
    const name = isPlaced(reference.text) ? nameOf(specifier) : reference.text;
    const obstacle = this.#obstacle(from, reference, found);
    const target = this.#world.tree.resolve(found.files[0] ?? '').entry?.path;
    if (obstacle === 'undeclared')
      yield { doubt: 'conditional-import', parent: from, module: name, ...(target && { target }) };
    else if (obstacle !== undefined && target !== undefined)
      yield { doubt: 'left-out', parent: from, target, because: obstacle };
    if (obstacle !== undefined) return;
    const because = `${kind}s ${name}`;
    for (const path of found.files) yield want(path, because, from);
    for (const path of found.manifests) yield want(path, because, from);
  }

  /** Why a module that is there isn't followed. */
  #obstacle(from: ImagePath, { isOptional, isLazy }: JavaScriptReference, found: ResolvedModule): string | undefined {
    const [file = ''] = found.files;
    if (isLargeTable(this.#world, from, file, isLazy)) return 'it is loaded on demand, and large';
    if (this.#isForBrowsers(from, file, isLazy)) return 'it stands in for another file in a browser';
    if (found.package === undefined) return undefined;
    const followed = mayFollow(this.#world, from, found.package, isOptional);
    if (followed === 'for-development') return `${found.package.name} is installed for development only`;
    return followed === 'undeclared' ? followed : undefined;
  }

  /** What is asked for on every load is needed, whatever else it stands in for. `debug` asks for `./browser.js` where there is no `process`; an application's own files are nobody's stand-ins. */
  #isForBrowsers(from: ImagePath, file: string, isLazy: boolean): boolean {
    const owner = this.#world.owner(from);
    const path = this.#world.tree.resolve(file).entry?.path ?? '';
    if (owner === undefined || !isOfPackage(from) || !path.startsWith(`${owner.directory}/`)) return false;
    const { browserFiles, isBrowserPackage, main } = owner.manifest;
    if (!isLazy && !isBrowserPackage) return false;
    const inside = plainFile(path.slice(owner.directory.length + 1));
    return browserFiles.has(inside) && inside !== plainFile(main ?? 'index');
  }

  /** `require("./locale/" + name)`, `import("dayjs/locale/" + name)` */
  *#modulesBeginning(from: ImagePath, text: string): Generator<Want | Doubt> {
    const parts = splitSpecifier(text);
    if (/^\.{0,2}\//.test(text)) {
      const path = text.startsWith('/') ? text : directoryOf(from) + text;
      yield* this.#files(from, filesBeginning(this.#world, from, path, true), text);
    } else if (parts?.rest.startsWith('/')) {
      const [directory] = packageDirectories(this.#world, from, parts.name);
      if (directory === undefined || mayFollow(this.#world, from, { name: parts.name, directory }, false) !== 'yes')
        return;
      yield* this.#files(from, filesBeginning(this.#world, from, directory + parts.rest, true), text);
    }
  }

  *#files(from: ImagePath, { files, tooLarge }: NamedFiles, name: string): Generator<Want | Doubt> {
    for (const path of files) yield want(path, `names ${name}`, from);
    if (tooLarge !== undefined) {
      yield {
        doubt: 'left-out',
        parent: from,
        target: tooLarge,
        because: `names the directory, too large to keep unseen`,
      };
    }
  }

  *#addons(from: ImagePath, directory: string, loader: string): Generator<Want> {
    if (this.#served.has(directory)) return;
    this.#served.add(directory);
    for (const path of addonsOf(this.#world, directory, this.#architecture)) {
      yield want(path, `loads its native addon by ${loader}`, from);
    }
  }

  *#platformPackages(from: ImagePath): Generator<Want> {
    const owner = this.#world.owner(from);
    if (owner === undefined || owner.manifest.optionalDependencies.size === 0) return;
    if (!isOfPackage(from) || this.#served.has(`${owner.directory} `)) return;
    this.#served.add(`${owner.directory} `);
    for (const { name, directory } of platformPackages(this.#world, owner, this.#architecture)) {
      const because = `has ${name} installed for this platform`;
      const request = { kind: 'require' as const, specifier: name, from };
      yield want(`${directory}/package.json`, because, from);
      for (const path of resolveModule(this.#world, request)?.files ?? []) yield want(path, because, from);
      for (const path of below(this.#world.tree, directory)) yield want(path, because, from);
    }
  }
}

function isNamed(text: string, name: string, quote: string): boolean {
  return text.includes(`${quote}${name}${quote}`) || text.includes(`.${name}${quote}`);
}

function want(path: string, because: string, parent: ImagePath): Want {
  return { path, reason: { kind: 'static', defence: 'node', because, parent }, onlyIfPresent: true };
}

function directoryOf(path: ImagePath): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameOf(path: string): string {
  return path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1);
}
