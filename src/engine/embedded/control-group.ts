import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from '../../system/session.js';

/** A memory limit for one container. Leaving its scope removes it, once nobody is in it any more. */
export interface ControlGroup extends AsyncDisposable {
  /** The directory that a process is put in through its `cgroup.procs`. */
  readonly directory: string;
  /** Whether somebody in it was killed for want of memory. */
  hasKilled(): Promise<boolean>;
}

/** Where the memory controller is (Documentation/admin-guide/cgroup-v2.rst; cgroup-v1/memory.rst), and how its files are named. */
const hierarchies = [
  { root: '/sys/fs/cgroup', limit: 'memory.max', events: 'memory.events' },
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', events: 'memory.oom_control' },
] as const;

/** A container may have most of the machine's memory: enough for what the image needs, too little to take others along. */
const memoryShare = 0.8;

/** Makes a control group with a memory limit where this user may; undefined elsewhere, as for most users that aren't root. */
export async function openControlGroup(name: string): Promise<ControlGroup | undefined> {
  for (const { root, limit, events } of hierarchies) {
    const directory = join(root, name);
    try {
      await mkdir(directory);
    } catch {
      continue;
    }
    const remove = () => removeWhenEmpty(directory);
    try {
      // Not to be made: where the controller isn't, or in a directory that is no control group, there is none.
      await writeFile(join(directory, limit), String(Math.floor(totalmem() * memoryShare)), { flag: 'r+' });
    } catch {
      await remove();
      continue;
    }
    const hasKilled = async () =>
      /^oom_kill [1-9]/m.test(await readFile(join(directory, events), 'utf8').catch(() => ''));
    return { directory, hasKilled, [Symbol.asyncDispose]: remove };
  }
  return undefined;
}

/** Removes the groups of runs that were killed; one that somebody is in stays (EBUSY), whoever it is. */
export async function sweepControlGroups(): Promise<void> {
  for (const { root } of hierarchies)
    for (const name of await readdir(root).catch(() => [])) {
      const pid = /^slimtrace-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
      if (pid === undefined || isProcessAlive(Number(pid))) continue;
      await rmdir(join(root, name)).catch(() => {});
    }
}

const removalAttempts = 50;
const removalPauseMs = 20;

/** Processes leave a group a moment after they were waited for: EBUSY until then. */
async function removeWhenEmpty(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rmdir(directory);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === removalAttempts) throw error;
      await sleep(removalPauseMs);
    }
  }
}
