import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { homedir, release, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { findHostBusybox } from '../build/debug/open-busybox.js';
import { maskUrl } from '../system/mask-credentials.js';
import { stateHome } from '../system/state-files.js';
import { type Finding, finding, type Health, isAtLeast } from './finding.js';

/** A slim image and the layers it is made of lie there; the largest of the fixtures needs a third. */
const enoughBytes = 1e9;

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks at what slimtrace needs beside an engine: Node.js, the kernel, room, and what the environment says. */
export async function examineMachine(env: Environment): Promise<readonly Finding[]> {
  return [
    isAtLeast(process.version, 20, 19)
      ? finding('node', 'ok', `Node.js ${process.version} on ${process.platform}, ${process.arch}`)
      : finding('node', 'problem', `Node.js ${process.version}`, 'install Node.js 20.19 or later'),
    ...(await examineKernel()),
    ...(await examineDirectories(env)),
    await examineBusybox(),
    ...examineEnvironment(env),
  ];
}

/** What the tracer builds on (seccomp(2), seccomp_unotify(2)), for engines on this machine. */
async function examineKernel(): Promise<readonly Finding[]> {
  if (process.platform !== 'linux')
    return [finding('kernel', 'note', `${process.platform}: containers run on another kernel, see the engines`)];
  const kernel = `Linux ${release()}`;
  const actions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => undefined);
  if (actions !== undefined && !actions.split(/\s+/).includes('user_notif'))
    return [
      finding(
        'kernel',
        'problem',
        `${kernel} has no seccomp user notification`,
        'use a kernel built with it (5.5 or later)',
      ),
    ];
  if (!isAtLeast(release(), 5, 5))
    return [finding('kernel', 'problem', `${kernel}: tracing needs 5.5 or later`, 'use a newer kernel')];
  if (!isAtLeast(release(), 5, 19))
    return [
      finding(
        'kernel',
        'ok',
        `${kernel}: seccomp user notification; without WAIT_KILLABLE_RECV (5.19), signals interrupt what is traced more often`,
      ),
    ];
  return [finding('kernel', 'ok', `${kernel}: seccomp user notification, with WAIT_KILLABLE_RECV`)];
}

async function examineDirectories(env: Environment): Promise<readonly Finding[]> {
  const absolute = (path: string | undefined) => (path !== undefined && isAbsolute(path) ? path : undefined);
  return await Promise.all([
    examineTemporary(),
    examineDirectory(
      'cache',
      join(absolute(env.XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'slimtrace'),
      'set XDG_CACHE_HOME to a directory that may be written and has room',
    ),
    examineDirectory('reports', stateHome(), 'set XDG_STATE_HOME to a directory that may be written'),
  ]);
}

/** Nobody makes the directory of all temporary files: it has to be there, and nothing goes without it. */
async function examineTemporary(): Promise<Finding> {
  const directory = tmpdir();
  return await examineRoom('temporary files', directory, directory, {
    advice: 'set TMPDIR to a directory that is there, may be written and has room',
    unwritable: 'problem',
  });
}

/** What isn't there yet is made when it is needed. */
async function examineDirectory(about: string, wanted: string, advice: string): Promise<Finding> {
  return await examineRoom(about, wanted, await nearestExisting(wanted), { advice, unwritable: 'warning' });
}

/** Whether `directory`, where `wanted` is or would be made, can be written and has room. */
async function examineRoom(
  about: string,
  wanted: string,
  directory: string,
  { advice, unwritable }: { readonly advice: string; readonly unwritable: Health },
): Promise<Finding> {
  try {
    // Of a file only a path with a slash at its end says that it is no directory.
    await access(join(directory, '/'), constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(directory);
    const freeBytes = bavail * bsize;
    const status = freeBytes < enoughBytes ? 'warning' : 'ok';
    const detail = `${wanted}, ${(freeBytes / 1e9).toFixed(1)} GB free`;
    return finding(about, status, detail, status === 'ok' ? null : advice);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return finding(
      about,
      unwritable,
      `${wanted} ${code === 'ENOENT' ? 'isn’t there' : 'can’t be written'} (${code})`,
      advice,
    );
  }
}

async function nearestExisting(path: string): Promise<string> {
  for (let directory = path; ; directory = dirname(directory)) {
    const isThere = await access(directory).then(
      () => true,
      ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
    );
    if (isThere || directory === dirname(directory)) return directory;
  }
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

async function examineBusybox(): Promise<Finding> {
  const found = await findHostBusybox(architectures[process.arch] ?? process.arch);
  if (!Array.isArray(found)) return finding('busybox', 'ok', `${found.version} in ${found.from}, for debugging`);
  return finding(
    'busybox',
    'note',
    'no static one here: for debugging, slimtrace gets Debian’s with apt-get',
    'install busybox-static if slimtrace debug or --debug-tag is to work without apt-get',
  );
}

/** Variables that decide whom the engines’ clients talk to. */
const variables = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_TLS_VERIFY',
  'CONTAINER_HOST',
  'http_proxy',
  'HTTP_PROXY',
  'https_proxy',
  'HTTPS_PROXY',
  'no_proxy',
  'NO_PROXY',
] as const;

function examineEnvironment(env: Environment): Finding[] {
  return variables.flatMap((name) => {
    const value = env[name] ?? '';
    if (value === '') return [];
    return [finding('environment', 'note', `${name}=${maskUrl(value)}`)];
  });
}
