import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { openScratch } from './run-docker.ts';

/** A Docker daemon of the test's own, beside whatever other there is; root only. Its containers have no network. */
export interface Daemon extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Ends it and its containerd as a crash would: nothing is tidied. */
  kill(): Promise<void>;
  /** Starts it again over what the last one left. */
  restart(): Promise<void>;
}

/** Starts a daemon with a data directory, a socket and a containerd of its own, and waits until it answers. */
export async function startDaemon(args: readonly string[] = []): Promise<Daemon> {
  const scratch = await openScratch();
  const socket = join(scratch.path, 'docker.sock');
  const host = `unix://${socket}`;
  let daemon: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals) => {
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill(signal);
    await ended;
  };
  const start = async () => {
    const log = createWriteStream(join(scratch.path, 'log'), { flags: 'a' });
    await once(log, 'open');
    const flags = ['data-root', 'exec-root'].flatMap((name) => [`--${name}`, join(scratch.path, name)]);
    const places = [...flags, '--pidfile', join(scratch.path, 'pid'), '--host', host];
    const network = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
    // In a network namespace of its own: a daemon without a bridge would remove the other one's docker0.
    daemon = spawn('unshare', ['--net', 'dockerd', ...places, ...network, ...args], {
      stdio: ['ignore', log, log],
      detached: true,
    });
    await waitUntilItAnswers(host, daemon, join(scratch.path, 'log'));
  };
  const dispose = async () => {
    await end('SIGTERM');
    await removeLeftovers(scratch.path);
    await scratch[Symbol.asyncDispose]();
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  const kill = async () => {
    await end('SIGKILL');
    await killProcesses(scratch.path);
    // A zombie nobody reaps counts as running to the next one.
    await rm(join(scratch.path, 'exec-root', 'containerd', 'containerd.pid'), { force: true });
  };
  return { host, kill, restart: start, [Symbol.asyncDispose]: dispose };
}

async function waitUntilItAnswers(host: string, daemon: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { exitCode } = await execa('docker', ['version'], { env: { DOCKER_HOST: host }, reject: false });
    if (exitCode === 0) return;
    if (daemon.exitCode !== null) break;
    await sleep(200);
  }
  throw new Error(`dockerd does not answer:\n${(await readFile(log, 'utf8')).split('\n').slice(-20).join('\n')}`);
}

/** The containerd of a killed daemon and its shims can live on: they are known by the directory they were started for. */
async function killProcesses(directory: string): Promise<void> {
  for (;;) {
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (/^\S*(?:containerd|dockerd)/.test(command) && command.includes(`${directory}/`)) found.push(Number(name));
    }
    if (found.length === 0) return;
    for (const pid of found) killIfThere(pid);
    await sleep(100);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function removeLeftovers(directory: string): Promise<void> {
  await killProcesses(directory);
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${directory}/`)).reverse())
    await execa('umount', ['--lazy', mount], { reject: false });
  await rm(join(directory, 'data-root'), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Copies an image from the ordinary engine to another one. */
export async function copyImage(image: string, host: string): Promise<void> {
  await execa('docker', ['save', image], { buffer: { stdout: false } }).pipe('docker', ['load'], {
    env: { DOCKER_HOST: host },
  });
}
