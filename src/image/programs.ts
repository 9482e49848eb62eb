import type { TreeEntry } from './file-tree.js';
import { baseName } from './path.js';

/** Programs by what they are good for to somebody who got in: names without version or target, sorted. */
export interface Programs {
  readonly packageManagers: readonly string[];
  readonly compilers: readonly string[];
  readonly interpreters: readonly string[];
}

const names: Readonly<Record<keyof Programs, readonly string[]>> = {
  packageManagers:
    'apk apt apt-get aptitude brew bundle bundler cargo composer conda cpan cpanm corepack dnf dpkg easy_install flatpak gem luarocks mamba microdnf micromamba nix npm npx opkg pacman pear pecl pip pip3 pipenv pipx pnpm poetry rpm snap uv yarn yum zypper'.split(
      ' ',
    ),
  compilers:
    'as c++ cc clang clang++ cpp g++ gcc gccgo gfortran ghc go javac ld mold nvcc ocamlc rustc swiftc tcc tsc'.split(
      ' ',
    ),
  interpreters:
    'bun deno erl gjs guile java jruby julia lua luajit node perl php php-cgi php-fpm pypy python ruby Rscript tclsh truffleruby wish'.split(
      ' ',
    ),
};

const kinds: ReadonlyMap<string, keyof Programs> = new Map(
  (Object.keys(names) as (keyof Programs)[]).flatMap((kind) => names[kind].map((name) => [name, kind])),
);

/** Finds the programs of a tree by their usual names, in any directory that is called `bin` or `sbin`. */
export function findPrograms(entries: Iterable<TreeEntry>): Programs {
  const found = { packageManagers: new Set<string>(), compilers: new Set<string>(), interpreters: new Set<string>() };
  for (const { path, type, mode } of entries) {
    if (!/\/s?bin\/[^/]+$/.test(path)) continue;
    if (type !== 'symlink' && (type !== 'file' || (mode & 0o111) === 0)) continue;
    const name = plainName(baseName(path));
    const kind = kinds.get(name);
    if (kind !== undefined) found[kind].add(name);
  }
  return {
    packageManagers: [...found.packageManagers].sort(),
    compilers: [...found.compilers].sort(),
    interpreters: [...found.interpreters].sort(),
  };
}

/** `x86_64-linux-gnu-gcc-12` is gcc, `python3.11` is python, `apt-get` is apt-get. */
function plainName(name: string): string {
  // Debian's other name for it.
  if (name === 'nodejs') return 'node';
  const withoutTarget = name.replace(/^\w+-(?:\w+-)?linux-(?:gnu|musl)\w*-/, '');
  return kinds.has(withoutTarget) ? withoutTarget : withoutTarget.replace(/-?\d[\d.]*$/, '');
}
