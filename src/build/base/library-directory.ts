const libraries =
  /^(?:\/usr)?(?:\/local)?\/lib(?:32|64|x32)?(?:\/(?<tuple>[^/]+-linux-[^/]+))?(?:\/glibc-hwcaps\/[^/]+)?$/;

/** True for a directory where loaders look without being told: /lib, /usr/lib64, /usr/local/lib, Debian's multiarch. */
export function isLibraryDirectory(directory: string): boolean {
  return libraries.test(directory);
}

/** True when a library of one directory could be taken for one of the other: not when each is another machine's. */
export function mayServeSamePrograms(left: string, right: string): boolean {
  const [one, other] = [left, right].map((directory) => libraries.exec(directory)?.groups?.tuple);
  return one === undefined || other === undefined || one === other;
}

/** A directory by its name on a usr-merged system, where /lib and /usr/lib are one. */
export function mergedName(directory: string): string {
  return directory.replace(/^\/(?=(?:bin|sbin|lib[^/]*)(?:\/|$))/, '/usr/');
}
