import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agent,
  compileProgram,
  missingPrerequisite,
  openScratch,
  readTrace,
  recordersOf,
  runTraced,
  startTraced,
  waitUntil,
} from './agent-bench.ts';

const missing = missingPrerequisite('gcc', 'unshare', 'setpriv');

describe.skipIf(missing)(`the life of a trace (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  let ending = '';
  beforeAll(() => {
    ending = compileProgram('ending', scratch.path);
  });
  afterAll(() => scratch[Symbol.dispose]());

  type Started = ReturnType<typeof startTraced>;

  async function untilReady({ child }: Started): Promise<void> {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('close', () => reject(new Error('it ended before it was ready')));
    });
  }

  function endOf({ child }: Started): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  describe('end marker', () => {
    for (const [how, code] of [
      ['return', 3],
      ['exit-thread', 4],
      ['from-thread', 5],
    ] as const) {
      for (const isPid1 of [true, false]) {
        it(`${how}${isPid1 ? ' as PID 1' : ''}: the exit code is written before the end`, () => {
          const run = runTraced([ending, how], { directory: scratch.path, isPid1 });
          expect(run.code).toBe(code);
          expect(run.records.ends).toContain(`exit ${code}`);
        });
      }
    }

    it('an end by a signal leaves none', () => {
      const run = runTraced([ending, 'abort'], { directory: scratch.path });
      expect(run.signal).toBe('SIGABRT');
      expect(run.records.ends.filter((end) => end.startsWith('exit'))).toEqual([]);
    });

    it('when nobody is traced any more, the recorder says so and ends', async () => {
      const started = startTraced([ending, 'return'], { directory: scratch.path });
      expect(await endOf(started)).toEqual({ code: 3, signal: null });
      await waitUntil('the recorder has ended', () => recordersOf(started.out).length === 0);
      expect(readTrace(started.out).ends).toEqual(['exit 3', 'hup']);
    });
  });

  describe('guard', () => {
    for (const mode of ['init', 'exec'] as const) {
      it(`${mode}: a supervisor killed from outside is marked, and the app goes on unrecorded`, async () => {
        const started = startTraced([ending, 'work'], { directory: scratch.path, mode });
        await untilReady(started);
        const supervisor = recordersOf(started.out).find(({ name }) => name === 'slimtrace-sup');
        expect(supervisor).toBeDefined();
        const ended = endOf(started);
        process.kill(supervisor?.pid ?? 0, 'SIGKILL');
        expect((await ended).code).toBe(9);
        await waitUntil('the guard has marked it', () => readTrace(started.out).deaths.length > 0);
        expect(readTrace(started.out)).toMatchObject({ state: 'dead', deaths: ['signal 9'] });
      });
    }

    it('PID 1 killed takes both along without a false mark', async () => {
      for (let round = 0; round < 10; round++) {
        const started = startTraced([ending, 'work'], { directory: scratch.path, isPid1: true });
        await untilReady(started);
        const ended = endOf(started);
        started.child.kill('SIGKILL');
        await ended;
        await waitUntil('all have ended', () => recordersOf(started.out).length === 0);
        expect(readTrace(started.out)).toMatchObject({ state: 'ok', deaths: [] });
      }
    });

    it('a full disk is marked in place, and the app goes on', () => {
      const disk = join(scratch.path, 'disk');
      execFileSync('sh', ['-c', `mkdir ${disk} && mount -t tmpfs -o size=64k none ${disk}`]);
      try {
        const paths =
          'i=0; while [ $i -lt 3000 ]; do [ -e /a/long/path/to/fill/the/disk/$i ]; i=$((i+1)); done; echo through';
        const run = runTraced(['sh', '-c', paths], { directory: disk });
        expect(run).toMatchObject({ code: 0, stdout: 'through\n', records: { state: 'lost' } });
      } finally {
        execFileSync('umount', [disk]);
      }
    });
  });

  describe('what the app sees', () => {
    it('no child of ours, no descriptor of ours, no signal blocked or changed', () => {
      expect(runTraced([ending, 'wait'], { directory: scratch.path, isPid1: true }).code).toBe(0);
      const show = 'grep -E "^(Sig|Shd)(Blk|Ign|Cgt)|^NoNewPrivs" /proc/self/status; ls /proc/self/fd';
      const options = { cwd: '/', encoding: 'latin1', input: '' } as const;
      const plain = spawnSync('sh', ['-c', show], options);
      for (const mode of ['init', 'exec'] as const) {
        const run = runTraced(['sh', '-c', show], { directory: scratch.path, mode });
        expect(run.stdout).toBe(plain.stdout);
      }
    });

    it('signals that were ignored or blocked stay so', () => {
      const show = 'grep -E "^Sig(Blk|Ign)" /proc/self/status';
      const command = `trap "" HUP CHLD; exec ${agent} trace --out ${join(scratch.path, 'ignored')} --mode exec -- grep -E "^Sig(Blk|Ign)" /proc/self/status`;
      const plain = spawnSync('sh', ['-c', `trap "" HUP CHLD; exec ${show}`], { encoding: 'latin1' });
      expect(spawnSync('sh', ['-c', command], { encoding: 'latin1' }).stdout).toBe(plain.stdout);
    });

    it('the capabilities left, and no others', () => {
      const options = ['--drop-caps', 'CAP_SYS_ADMIN,CAP_SYS_PTRACE'];
      const run = runTraced(['grep', '^Cap', '/proc/self/status'], { directory: scratch.path, options });
      const capabilities = [...run.stdout.matchAll(/^Cap(\w+):\t(\w+)$/gm)].map(([, set, bits]) => [
        set,
        BigInt(`0x${bits}`),
      ]);
      expect(capabilities).toHaveLength(5);
      const dropped = (1n << 21n) | (1n << 19n);
      for (const [, bits] of capabilities) expect((bits as bigint) & dropped).toBe(0n);
    });
  });

  describe('exec mode', () => {
    it('gives the exit code, and 128 + n for a signal', () => {
      const options = { directory: scratch.path, mode: 'exec' } as const;
      expect(runTraced([ending, 'return'], options)).toMatchObject({ code: 3, records: { ends: ['exit 3', 'hup'] } });
      expect(runTraced([ending, 'abort'], options)).toMatchObject({ code: 134, records: { ends: ['hup'] } });
    });

    it('passes input, output and errors through', () => {
      const run = runTraced(['sh', '-c', 'cat; echo oops >&2'], {
        directory: scratch.path,
        mode: 'exec',
        input: 'in and out',
      });
      expect(run).toMatchObject({ code: 0, stdout: 'in and out', stderr: 'oops\n' });
    });

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const)('passes %s on', async (signal) => {
      const started = startTraced([ending, 'sleep'], { directory: scratch.path, mode: 'exec' });
      await untilReady(started);
      const ended = endOf(started);
      started.child.kill(signal);
      expect(await ended).toEqual({ code: 128 + constants.signals[signal], signal: null });
      expect(readTrace(started.out).ends).toEqual(['hup']);
    });

    it('ends at once when the command leaves a daemon, whose paths go on being recorded', async () => {
      const file = join(scratch.path, 'daemon');
      const begin = Date.now();
      const started = startTraced([ending, 'daemonise', file], { directory: scratch.path, mode: 'exec' });
      const code = await new Promise((resolve) => started.child.once('exit', resolve));
      expect(code).toBe(0);
      expect(Date.now() - begin).toBeLessThan(350); // the daemon lives 400 ms
      await waitUntil('the daemon has ended', () => readTrace(started.out).ends.includes('hup'));
      const records = readTrace(started.out);
      expect(records.touched.map(({ path }) => path)).toContain(`${file}-19`);
      expect(records).toMatchObject({ state: 'ok', deaths: [] });
      await waitUntil('the recorder has ended', () => recordersOf(started.out).length === 0);
    });
  });

  describe('where tracing is impossible', () => {
    it('says so: no CAP_SYS_ADMIN', () => {
      const out = join(scratch.path, 'no-admin');
      const command = [
        '--bounding-set',
        '-sys_admin',
        '--inh-caps',
        '-sys_admin',
        agent,
        'trace',
        '--out',
        out,
        '--',
        'true',
      ];
      const ran = spawnSync('setpriv', command, { encoding: 'latin1' });
      expect(ran.status).toBe(71);
      expect(ran.stderr).toMatch(/^slimtrace-agent: cannot trace: CAP_SYS_ADMIN is missing/);
    });

    it('says so: traced already', () => {
      const inner = join(scratch.path, 'inner');
      const command = [agent, 'trace', '--out', inner, '--', 'true'];
      const run = runTraced(command, { directory: scratch.path });
      expect(run.code).toBe(71);
      expect(run.stderr).toMatch(/^slimtrace-agent: cannot trace: this process is traced already/);
    });

    it('refuses to write over a file', () => {
      const out = join(scratch.path, 'there');
      writeFileSync(out, 'precious');
      expect(spawnSync(agent, ['trace', '--out', out, '--', 'true']).status).toBe(74);
      expect(readFileSync(out, 'utf8')).toBe('precious');
    });
  });

  it.each([
    [],
    ['nothing'],
    ['trace'],
    ['trace', '--out', '/tmp/x'],
    ['trace', '--out', '/tmp/x', '--'],
    ['trace', '--bad', 'x', '--', 'y'],
  ])('usage error: %s', (...command) => {
    const ran = spawnSync(agent, command as string[], { encoding: 'latin1' });
    expect(ran.status).toBe(64);
    expect(ran.stderr).toMatch(/^slimtrace-agent: .+\n$/);
    expect(existsSync('/tmp/x')).toBe(false);
  });
});
