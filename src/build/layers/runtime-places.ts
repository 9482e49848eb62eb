import type { ImagePath } from '../../image/path.js';

/** Packages of a language: its interpreter, its standard library, and what the distribution packaged for it. */
const packages = [
  /^(?:lib)?python[23](?:[.-]|$)/,
  /^(?:py3|pypy3?)(?:-|$)/,
  /^(?:nodejs|libnode|node-|npm|deno|bun)(?:[\d-]|$)/,
  /^(?:openjdk|default-j[dr][ek]|java-\d|temurin|zulu|msopenjdk|ca-certificates-java|libjna)/,
  /^(?:lib)?ruby(?:[\d.-]|gems|$)/,
  /^(?:lib)?perl(?:[\d.-]|$)/,
  /^lib.+-perl$/,
  /^(?:lib)?(?:apache2-mod-)?php[\d.]*(?:[\d.-]|$)/,
  /^(?:dotnet|aspnetcore|mono|libmono)(?:-|$)/,
  /^(?:erlang|elixir|r-base|r-cran|tcl[\d.]*|libtcl|(?:lib)?lua[\d.]+|luajit|guile|julia|golang)(?:[\d.-]|$)/,
];

/** True for the name of a package that belongs to a language rather than to the system. */
export function isRuntimePackage(name: string): boolean {
  return packages.some((pattern) => pattern.test(name));
}

/** Where official images and version managers put an interpreter that no package owns. */
const places = [
  /\/bin\/(?:node|nodejs|deno|bun|python[\d.]*|pypy[\d.]*|ruby|perl[\d.]*|php[\d.]*|java|dotnet|erl|Rscript|julia|mono)$/,
  /\/sbin\/php-fpm[\d.]*$/,
  /\/lib(?:64)?\/lib(?:python|ruby|node|php|perl)[^/]*\.so[^/]*$/,
  /\/lib(?:64|rary)?\/python\d[\d.]*t?\//,
  /\/lib\/node_modules\/(?:npm|corepack)\//,
  /^\/usr\/local\/lib\/(?:ruby|php|erlang|elixir|perl5|R|pypy[^/]*)\//,
  /^\/usr\/local\/(?:go|openjdk[^/]*|julia)\//,
  /^\/opt\/(?:java|jdk|jre|openjdk|conda|miniconda|miniforge|mambaforge|julia|pypy)[^/]*\//,
  /^\/opt\/bitnami\/(?:node|python|java|ruby|php|perl|erlang|dotnet)\//,
  /^\/nodejs\//,
  /^\/usr\/(?:lib|share)\/(?:jvm|dotnet)\//,
  /\/(?:\.nvm|\.pyenv|\.rbenv|\.asdf|\.sdkman|\.volta|\.rye|\.dotnet)\//,
  /\/\.local\/share\/(?:uv\/python|mise)\//,
  /\/erts-[\d.]+\//,
];

/** The JVM's library stands so in every runtime image, jlink's too (JEP 220). */
const virtualMachine = /^(\/.+)\/lib\/server\/libjvm\.so$/;

/** Each is looked for in every path. */
const mostJavaHomes = 8;

/** Knows what belongs to a language's runtime by where it stands. */
export class RuntimePlaces {
  readonly #javaHomes: readonly string[];

  constructor(paths: readonly ImagePath[]) {
    const homes = paths.flatMap((path) => {
      const home = path.endsWith('/libjvm.so') ? virtualMachine.exec(path)?.[1] : undefined;
      return home === undefined || home === '/usr' || home === '/usr/local' ? [] : [`${home}/`];
    });
    this.#javaHomes = homes.slice(0, mostJavaHomes);
  }

  /** @param place the path, or what of it is below the working directory; with a slash at the end for directories */
  kindOf(path: ImagePath, place: string): 'runtime' | undefined {
    const isKnown =
      places.some((pattern) => pattern.test(place)) || this.#javaHomes.some((home) => path.startsWith(home));
    return isKnown ? 'runtime' : undefined;
  }
}
