import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { agent, compileProgram, missingPrerequisite, waitUntil } from './agent-bench.ts';
import {
  asUser,
  contain,
  giveTo,
  isRunning,
  makeTree,
  modes,
  openGround,
  processesOf,
  startContainer,
  waitUntilGone,
} from './contain-bench.ts';

const missing = missingPrerequisite('busybox', 'setpriv', 'newuidmap', 'gcc');

describe.skipIf(missing)(`life and death of a container (${missing ?? 'busybox'})`, () => {
  const ground = openGround();
  beforeAll(() => {
    compileProgram('uids', ground, ['-static']);
  });

  describe.each(modes)('$name', (mode) => {
    let root = '';
    beforeAll(() => {
      root = makeTree(join(ground, mode.userns.slice(0, 4)), mode);
      cpSync(join(ground, 'uids'), join(root, 'bin/uids'));
      giveTo(root, mode);
      execFileSync('chmod', ['4755', join(root, 'bin/uids')]);
    });

    async function startCrowd(...options: string[]) {
      const text = 'sleep 1000 & setsid sleep 1000 & (trap "" TERM HUP; sleep 1000) & echo up; exec uids wait';
      const container = startContainer({ mode, root, options, command: ['sh', '-c', text] });
      const pid = await container.pid;
      if (pid === undefined) throw new Error('not started');
      await waitUntil('all of it is up', () => /up\n\d+ \d+\n/.test(container.output()));
      const pids = processesOf(pid);
      expect(pids.length).toBeGreaterThanOrEqual(4);
      expect(pids).toContain(pid);
      return { container, pids };
    }

    it('nothing outlives a killed keeper', async () => {
      const { container, pids } = await startCrowd();
      container.keeper.kill('SIGKILL');
      await waitUntilGone(pids);
    });

    it.runIf(mode.hasUsers)('not even when the first process has become another user by a setuid program', async () => {
      const { container, pids } = await startCrowd('--user', 'app');
      expect(container.output()).toContain('1001 0\n');
      container.keeper.kill('SIGKILL');
      await waitUntilGone(pids);
    });

    it('nothing outlives the end of the first process, and the keeper waits for it', async () => {
      const { container, pids } = await startCrowd();
      container.signal(9);
      await container.ended;
      expect(pids.filter(isRunning)).toEqual([]);
    });

    it('nothing outlives the keeper’s parent', async () => {
      // A parent that only Node's end of a pipe keeps going, as ours; it dies without a word.
      const own = [agent, 'contain', '--userns', mode.userns, '--root', root, '--env', 'PATH=/bin'];
      const spawner = `const { spawn } = require('node:child_process');
        const child = spawn(${JSON.stringify(process.execPath)}, ['-e', ''], { stdio: 'ignore' });
        const [file, ...args] = ${JSON.stringify(asUser(mode, [...own, '--', 'sleep', '1000']))};
        const keeper = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore', 'pipe'] });
        keeper.stdio[3].on('data', (data) => process.stdout.write(data));`;
      const parent = spawn(process.execPath, ['-e', spawner], { stdio: ['ignore', 'pipe', 'inherit'] });
      const line = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))));
      const first = Number(/^started (\d+)\n/.exec(line)?.[1]);
      expect(isRunning(first)).toBe(true);
      parent.kill('SIGKILL');
      await waitUntilGone([first]);
    });

    it('the keeper runs from memory, so that no program of an image can change the agent', async () => {
      const { container, pids } = await startCrowd();
      expect(readlinkSync(`/proc/${container.keeper.pid}/exe`)).toBe('/memfd:slimtrace-agent (deleted)');
      expect(pids.map((pid) => readlinkSync(`/proc/${pid}/exe`)).filter((exe) => /slimtrace/.test(exe))).toEqual([]);
      container.close();
      await container.ended;
    });
  });

  const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.procs')));

  it.skipIf(groups === undefined)('the container is in its control group from the start', async () => {
    const [mode] = modes;
    if (!mode) throw new Error('no modes');
    const directory = join(groups ?? '', `slimtrace-test-${process.pid}`);
    mkdirSync(directory);
    try {
      const root = makeTree(join(ground, 'grouped'), mode);
      const options = ['--cgroup', directory];
      const text = 'grep ^0:: /proc/self/cgroup; echo up; sleep 1000';
      const container = startContainer({ mode, root, options, command: ['sh', '-c', text] });
      await waitUntil('it is up', () => container.output().endsWith('up\n'));
      expect(container.output()).toBe('0::/\nup\n'); // in a namespace of its own
      const pid = (await container.pid) ?? 0;
      expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(`0::/slimtrace-test-${process.pid}\n`);
      container.close();
      await container.ended;
      const gone = await contain({ mode, root, options: ['--cgroup', '/proc'], command: ['id'] });
      expect(gone.status[0]).toMatch(/^failed 125 cgroup \/proc: /);
    } finally {
      rmdirSync(directory);
    }
  });
});
