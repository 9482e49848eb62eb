import type { FileTree } from '../../image/file-tree.js';
import type { AccessKind, Touched } from '../../trace/trace.js';
import { looksRandom } from '../generalise/hash-shape.js';

/** What gives a name to something new. */
const making: ReadonlySet<AccessKind> = new Set(['create', 'mkdir', 'mknod', 'symlink', 'link', 'bind']);

/** What takes a name away. A rename does that to one of its two names. */
const taking: ReadonlySet<AccessKind> = new Set(['rename', 'unlink', 'rmdir']);

/** What programs have while they run, by one name at each of them. */
const wellKnown = /^[a-z_.-]+\.(?:pid|sock|socket|lock|lck|log)$/i;

/** A number of a process, a thread or a moment, or what mkstemp(3) and Python's tempfile put in. */
const numbered = /\d{3}|(?:^|[._-])\d+(?:[._-]|$)|^tmp\w{8}$/;

/**
 * The names of a trace as every run of the image has them. What is called otherwise at each becomes `any` in its directory,
 * which is all that the selection needs of it; what the image has keeps its name, and so does what was looked for.
 */
export class LastingNames {
  readonly #tree: FileTree;
  readonly #passing: Set<string>;

  constructor(tree: FileTree, paths: readonly Touched[]) {
    this.#tree = tree;
    const missing = paths.filter(({ path }) => !this.#isThere(path));
    this.#passing = new Set(missing.filter(isPassing).map(({ path }) => path));
    // What the kernel calls a path that was made through a link.
    const isMade = (name: string) => this.#passingIn(name) !== undefined;
    for (const { path, reachedThrough = [] } of missing) if (reachedThrough.some(isMade)) this.#passing.add(path);
  }

  /**
   * What was done with a path, by names that last. Of what the kernel has in /proc and /sys and no image has, which is another
   * at each moment, it says no more than that something was read.
   */
  of({ path, accesses, programs, reachedThrough = [] }: Touched): Touched {
    const [, ofKernel] = /^(\/(?:proc|sys))\/./.exec(path) ?? [];
    const isOfKernel = reachedThrough.every((name) => name.startsWith(`${ofKernel}/`));
    if (ofKernel !== undefined && isOfKernel && !this.#isThere(path))
      return { path: `${ofKernel}/any`, accesses: ['read'], programs: [] };
    const through = [...new Set(reachedThrough.map((name) => this.#nameOf(name)))].sort();
    const isReached = through.length > 0;
    return { path: this.#nameOf(path), accesses, programs, ...(isReached ? { reachedThrough: through } : {}) };
  }

  #nameOf(name: string): string {
    if (this.#isThere(name)) return name;
    const passing = this.#passingIn(name);
    return ofAnyProcess(passing === undefined ? name : this.#anyBeside(passing));
  }

  /** The path itself, or the first directory on its way, that no other run has. */
  #passingIn(name: string): string | undefined {
    if (this.#passing.size === 0 || /\/\.\.(?:\/|$)/.test(name)) return undefined;
    for (let at = name.indexOf('/', 1); at !== -1; at = name.indexOf('/', at + 1))
      if (this.#passing.has(name.slice(0, at))) return name.slice(0, at);
    return this.#passing.has(name) ? name : undefined;
  }

  #anyBeside(path: string): string {
    let any = path.replace(/[^/]*$/, 'any');
    while (this.#isThere(any)) any += '-other';
    return any;
  }

  #isThere(name: string): boolean {
    return this.#tree.resolve(name, { followLast: false }).entry !== undefined;
  }
}

/** It was made and taken away again, or it was made, or only taken away, by a name of that moment. */
function isPassing({ path, accesses }: Touched): boolean {
  const name = path.replace(/^.*\//s, '');
  const isMade = accesses.some((access) => making.has(access));
  const isTaken = accesses.some((access) => taking.has(access));
  if (isMade && isTaken) return !wellKnown.test(name);
  return (isMade || accesses.every((access) => taking.has(access))) && isOfTheMoment(name);
}

function isOfTheMoment(name: string): boolean {
  if (numbered.test(name)) return true;
  const parts = name.split(/[.-]/).filter((part) => part.length >= 6);
  return parts.some((part) => /[a-z]\d+[a-z]/i.test(part) || looksRandom(part));
}

function ofAnyProcess(path: string): string {
  return path
    .replace(/^\/proc\/(?!1\/)\d+(?=\/|$)/, '/proc/self')
    .replace(/^(\/proc\/(?:self|1)\/(?:fd|task|map_files))\/[^/]+/, '$1/0')
    .replace(/^(\/tmp|\/var\/tmp|\/dev\/shm)\/.*/, '$1/any');
}
