import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SlimtraceError } from '../../errors.js';
import { runCommand } from '../../system/process.js';
import { openTempDir } from '../../system/temp-dir.js';
import { type BusyboxFacts, readBusyboxFacts } from './busybox-facts.js';

/** A static busybox, not run by us. */
export interface Busybox extends BusyboxFacts {
  readonly bytes: Uint8Array;
  /** The file, or the Debian package. */
  readonly from: string;
}

export interface BusyboxRequest {
  /** The user's own; undefined for this machine's, or Debian's. */
  readonly file: string | undefined;
  /** GOARCH name. */
  readonly architecture: string;
  readonly signal: AbortSignal;
}

/** Where distributions put a busybox. */
const hostFiles = ['/bin/busybox', '/usr/bin/busybox'];

/**
 * Finds a static busybox for an architecture: the given file, else this machine's own, else that of Debian's package
 * busybox-static, which is fetched where apt-get is. Throws `busybox-unusable` or `file-unreadable` for a given file,
 * and `busybox-missing` when there is none.
 */
export async function openBusybox(request: BusyboxRequest): Promise<Busybox> {
  const { file, architecture } = request;
  if (file !== undefined) {
    const bytes = await readGiven(file);
    const facts = readBusyboxFacts(bytes, architecture);
    if (typeof facts === 'string') throw new SlimtraceError('busybox-unusable', { file, reason: facts });
    return { ...facts, bytes, from: file };
  }
  const found = await findHostBusybox(architecture);
  if (!Array.isArray(found)) return found;
  const fetched = await fetchDebianPackage(request);
  if (typeof fetched !== 'string') return fetched;
  throw new SlimtraceError('busybox-missing', { architecture, reasons: [...found, fetched].join('; ') });
}

/** This machine's own static busybox for an architecture (GOARCH name), or clauses that say why each candidate is none. */
export async function findHostBusybox(architecture: string): Promise<Busybox | string[]> {
  const reasons: string[] = [];
  for (const path of hostFiles) {
    const bytes = await readSmall(path).catch(() => undefined);
    const facts = bytes === undefined ? 'it is not there' : readBusyboxFacts(bytes, architecture);
    if (bytes !== undefined && typeof facts !== 'string') return { ...facts, bytes, from: path };
    reasons.push(`${path}: ${String(facts)}`);
  }
  return reasons;
}

async function readGiven(file: string): Promise<Uint8Array> {
  try {
    return await readSmall(file);
  } catch (cause) {
    throw new SlimtraceError('file-unreadable', { file }, { cause });
  }
}

/** The largest busybox there is has about 2 MB. */
const maxFileBytes = 64 * 1024 * 1024;

async function readSmall(file: string): Promise<Uint8Array> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error(`${file} is not a file`);
  if (found.size > maxFileBytes) throw new Error(`${file} is larger than any busybox`);
  return await readFile(file);
}

/** Fetching takes as long as the network does. */
const fetchTimeoutMs = 120_000;

/** Debian's busybox-static by apt-get, which checks its signatures; or a clause that says why not. It is not installed. */
async function fetchDebianPackage({ architecture, signal }: BusyboxRequest): Promise<Busybox | string> {
  await using work = await openTempDir();
  const name = `busybox-static:${architecture}`;
  const run = (program: string, args: readonly string[]) =>
    runCommand(program, args, { signal, timeoutMs: fetchTimeoutMs, cwd: work.path, env: { LC_ALL: 'C' } });
  const fetched = await run('apt-get', ['--quiet', 'download', name]);
  if (fetched.isMissing) return 'apt-get: it is not there';
  const archive = (await readdir(work.path)).find((file) => file.endsWith('.deb'));
  if (fetched.exitCode !== 0 || archive === undefined)
    return `apt-get download ${name}: ${lastLine(fetched.stderr) ?? `exit code ${fetched.exitCode}`}`;
  const unpacked = await run('dpkg-deb', ['--extract', join(work.path, archive), join(work.path, 'files')]);
  if (unpacked.exitCode !== 0) return `dpkg-deb: ${lastLine(unpacked.stderr) ?? `exit code ${unpacked.exitCode}`}`;
  for (const path of hostFiles) {
    const bytes = await readSmall(join(work.path, 'files', path)).catch(() => undefined);
    const facts = bytes === undefined ? undefined : readBusyboxFacts(bytes, architecture);
    if (bytes !== undefined && typeof facts === 'object') return { ...facts, bytes, from: `Debian’s ${name}` };
  }
  return `${name}: it has no static busybox`;
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1)
    ?.replace(/^E: /, '')
    .slice(0, 300);
}
