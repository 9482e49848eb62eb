/** Directories that an image has whatever runs in it (hier(7)), with all below them. */
const system =
  /^\/(?:bin|sbin|lib[^/]*|boot|dev|proc|sys|run|tmp|etc|usr\/(?!src\/|share\/)[^/]+|var\/(?:lib|cache|log|spool|tmp|run|backups|lock|mail))(?:\/|$)/;

/** Those that only hold other directories. */
const holders: ReadonlySet<string> = new Set([
  '/',
  '/usr',
  '/usr/src',
  '/usr/share',
  '/var',
  '/opt',
  '/home',
  '/mnt',
  '/media',
]);

/** Whether a directory (a real path) is the system's and not one application's. */
export function isSystemDirectory(path: string): boolean {
  return holders.has(path) || system.test(path);
}
