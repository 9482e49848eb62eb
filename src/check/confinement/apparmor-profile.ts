import { posix } from 'node:path';
import type { TreeEntry } from '../../image/file-tree.js';
import type { Session } from '../../system/session.js';
import type { Trace } from '../../trace/trace.js';
import { apparmorPath, apparmorTree } from './apparmor-path.js';
import { writtenPaths } from './write-evidence.js';

/** What an AppArmor profile is made from. */
export interface ApparmorInput {
  /** As {@link apparmorName} or {@link trialName} makes it. */
  readonly name: string;
  /** Everything in the slim image. */
  readonly entries: readonly TreeEntry[];
  /** Of all runs. */
  readonly trace: Trace;
  /** Where the image declares volumes, and where the user mounts them. */
  readonly volumes: readonly string[];
  /** Where a directory of the image really is, symlinks followed: the kernel's rules know no others. */
  readonly resolve: (directory: string) => string;
}

/** Docker's default capabilities (moby, oci/caps/defaults.go): which of them a process gets is the engine's to say. */
const capabilities = [
  ...['audit_write', 'chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'mknod', 'net_bind_service', 'net_raw'],
  ...['setfcap', 'setgid', 'setpcap', 'setuid', 'sys_chroot'],
];

/** What every container may do with what the engine puts into it: devices, /proc, /sys to read, names of hosts. */
const everyContainer = `
  # what the engine mounts: names, devices, kernel interfaces
  / r,
  /etc/{hosts,hostname,resolv.conf,mtab} r,
  /dev/ r,
  /dev/{null,zero,full,random,urandom,tty,console,ptmx} rw,
  /dev/{pts,fd,mqueue}/ r,
  /dev/pts/* rw,
  /dev/shm/ r,
  /dev/shm/** mrwkl,
  /dev/mqueue/** rw,
  /proc/ r,
  /proc/** r,
  /proc/[0-9]*/{,task/[0-9]*/}{attr/**,comm,coredump_filter,oom_adj,oom_score_adj,timerslack_ns,timers} w,
  /proc/[0-9]*/{,task/[0-9]*/}fd/** rw,
  /sys/ r,
  /sys/** r,
  deny /proc/{kcore,kmem,mem,sysrq-trigger,timer_list,sched_debug} rwklx,
  deny /proc/sys/** w,
  deny /proc/{bus,fs,irq,tty}/** w,
  deny /proc/acpi/** rwklx,
  deny /sys/** wklx,
  deny /sys/firmware/** rwklx,
  deny /sys/kernel/{debug,security,tracing}/** rwklx,`;

/** More rules than this take the parser minutes; then directories stand for their files. */
const mostFileRules = 2000;

/** A profile's name from an image's: what apparmor.d(5) and every engine take without quoting. */
export function apparmorName(image: string): string {
  const safe = image.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `slimtrace-${safe.slice(0, 100) || 'image'}`;
}

/**
 * The name under which a profile is loaded to be proved. Under its own, containers may be running that the kernel would hold
 * to an unproved profile now, and to none when it is taken out again.
 */
export function trialName(name: string, { id }: Pick<Session, 'id'>): string {
  return `${name}-trial-${id}`;
}

/**
 * An AppArmor profile (apparmor.d(5)) for a slim image: its files may be read and mapped, its programs executed, and written is
 * only where a run wrote, in volumes and in temporary directories. The same input, the same text. Needs no include.
 */
export function renderApparmorProfile(input: ApparmorInput): string {
  const { name, entries } = input;
  const sections = [
    capabilities.map((capability) => `  capability ${capability},`).join('\n'),
    ['inet', 'inet6', 'unix', 'netlink'].map((family) => `  network ${family},`).join('\n'),
    `  unix,\n  signal (send, receive) peer="${name}",\n  signal (receive) peer=unconfined,\n  signal (receive) peer=runc,\n  signal (receive) peer=crun,\n  signal (receive) peer=podman,\n  ptrace (read, readby) peer="${name}",`,
    everyContainer.trimEnd(),
    rulesSection('files of the image', fileRules(entries)),
    rulesSection('programs', programRules(entries)),
    rulesSection('what a run wrote, temporary directories and volumes', writeRules(input)),
  ];
  const flags = 'flags=(attach_disconnected,mediate_deleted)';
  return `# Load it with: apparmor_parser --replace FILE; then: docker run --security-opt apparmor=${name}\nprofile "${name}" ${flags} {\n${sections.join('\n')}\n}\n`;
}

function rulesSection(title: string, rules: readonly string[]): string {
  return `\n  # ${title}\n${rules.map((rule) => `  ${rule},`).join('\n')}`;
}

/** Sorted and each once: names that are made safe may fall together. */
function rulesOf(paths: Iterable<string>, permissions: string): string[] {
  return [...new Set(paths)].sort().map((path) => `${path} ${permissions}`);
}

function fileRules(entries: readonly TreeEntry[]): string[] {
  const files = entries.filter(({ type }) => type === 'file').map(({ path }) => path);
  const directories = entries.filter(({ type }) => type === 'directory').map(({ path }) => apparmorPath(path, '/'));
  const listable = directories.length > mostFileRules ? ['/**/'] : directories;
  return [...rulesOf(listable, 'r'), ...rulesOf(fewPaths(files), 'mr')];
}

/** Each file; or each directory's files; or all below the top directories, whichever is few enough. */
function fewPaths(files: readonly string[]): string[] {
  if (files.length <= mostFileRules) return files.map((path) => apparmorPath(path));
  const directories = [...new Set(files.map((path) => posix.dirname(path)))];
  if (directories.length <= mostFileRules)
    return directories.map((path) => apparmorPath(path, path === '/' ? '*' : '/*'));
  const isAtTop = (path: string) => posix.dirname(path) === '/';
  const tops = new Set(files.filter((path) => !isAtTop(path)).map((path) => path.split('/').slice(0, 2).join('/')));
  return [...(files.some(isAtTop) ? [apparmorPath('/', '*')] : []), ...[...tops].map(apparmorTree)];
}

function programRules(entries: readonly TreeEntry[]): string[] {
  const programs = entries.filter(
    ({ path, type, mode }) => type === 'file' && (mode & 0o111) !== 0 && !isLibrary(path),
  );
  return rulesOf(fewPaths(programs.map(({ path }) => path)), 'ix');
}

/** Libraries are often executable and hardly ever executed; the loader is one that is. */
function isLibrary(path: string): boolean {
  return /\.so(?:\.[0-9.]+)?$/.test(path) && !/\/ld[-.\w]*\.so[.\d]*$/.test(path);
}

function writeRules({ entries, trace, volumes, resolve }: ApparmorInput): string[] {
  const temporary = ['/tmp', '/var/tmp', '/run', '/var/run'];
  const shipped = new Set(entries.map(({ path }) => path as string));
  const places = new Set([...temporary, ...volumes]);
  const files = new Set<string>();
  for (const { path, accesses } of writtenPaths(trace)) {
    const directory = resolve(posix.dirname(posix.normalize(path)));
    const resolved = posix.join(directory, posix.basename(posix.normalize(path)));
    // A name that the image hasn't may be another the next time (a process ID, a random one): then its directory is open.
    if (shipped.has(resolved) || isSystem(directory)) files.add(resolved);
    else places.add(directory);
    if (accesses.includes('mkdir') && !isSystem(resolved)) places.add(resolved);
  }
  return [
    ...rulesOf(
      [...places].map((path) => apparmorPath(path, '/')),
      'rw',
    ),
    ...rulesOf([...places].map(apparmorTree), 'mrwkl'),
    ...rulesOf(
      [...files].map((path) => apparmorPath(path)),
      'rwkl',
    ),
  ];
}

/** Directories of programs, libraries and settings, in which one new file must not open all others, and the top ones. */
function isSystem(directory: string): boolean {
  return (
    /^\/(?:usr\/(?:local\/)?)?(?:bin|boot|etc|lib|lib32|lib64|libexec|libx32|sbin|share)(?:\/|$)/.test(directory) ||
    /^\/(?:$|home$|opt$|root$|srv$|usr$|usr\/local$|usr\/src$|var$|var\/(?:cache|lib|log|spool)$)/.test(directory)
  );
}
