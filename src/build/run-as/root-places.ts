import { alwaysProvided } from '../../image/engine-provided.js';
import { type ImagePath, isWithin } from '../../image/path.js';

/** Directories that many things share: whoever owns one can put others in place of them. What is in them is another matter. */
const shared: ReadonlySet<string> = new Set([
  ...['/', '/etc', '/usr', '/usr/local', '/usr/share', '/usr/src', '/var', '/home', '/mnt', '/media'],
]);

/** Programs and libraries, what decides who may do what, and what loads first: never the application's to change. */
const programs = [
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/boot'],
  ...['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/libx32', '/usr/libexec'],
  ...['/usr/local/bin', '/usr/local/sbin', '/usr/local/lib', '/usr/local/lib64', '/usr/local/libexec'],
  ...['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow', '/etc/passwd-', '/etc/group-', '/etc/shadow-'],
  ...['/etc/gshadow-', '/etc/sudoers', '/etc/sudoers.d', '/etc/pam.d', '/etc/pam.conf', '/etc/security'],
  ...['/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/ld.so.cache', '/etc/ld.so.preload', '/etc/nsswitch.conf'],
];

/** Whether an entry stays whose it is, whatever the application does there. */
export function staysRoots(path: ImagePath): boolean {
  return shared.has(path) || programs.some((place) => isWithin(path, place));
}

/** What an engine puts there itself, with owners of its own. */
export function isEngines(path: ImagePath): boolean {
  return alwaysProvided.has(path) || ['/dev', '/proc', '/sys'].some((place) => isWithin(path, place));
}
