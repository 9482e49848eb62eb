import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { describeOnEngine, docker, imageId, removeImages } from '../support/run-docker.ts';
import { leftOnEngine, openSlimtrace, type Running, type Slimtrace, until } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/interrupt:slim';
/** An image that runs for a while and ignores SIGTERM, as shells do that are PID 1. */
const slim = ['slim', baseImage, '--tag', tag, '--exit', '--timeout', '120', '--', 'sh', '-c', 'sleep 3; echo done'];

/** Moments of a run, by what is seen from outside: never by time. */
const moments: Readonly<Record<string, (run: Running) => Promise<void>>> = {
  'before anything is made': async (run) => run.waitFor(/^checks: /m),
  'while containers are being made': async (run) => until(run, async () => (await leftOnEngine(run.pid)).length >= 1),
  'while the image is listed, traced and run': async (run) =>
    until(run, async () => (await leftOnEngine(run.pid)).length >= 4),
  'while it is traced': async (run) => run.waitFor(/^list the files of the image: /m),
  'while the slim image is built': async (run) => run.waitFor(/^select what is needed: /m),
  'while it is loaded': async (run) => run.waitFor(/^build the slim image: /m),
  'while the slim image runs': async (run) =>
    until(run, async () => {
      if (!/^build the slim image: /m.test(run.stderr())) return false;
      return (await leftOnEngine(run.pid)).filter((line) => line.startsWith('container')).length >= 2;
    }),
};

describeOnEngine('an interrupted run', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await ensureBaseImage();
  });
  beforeEach(() => removeImages(tag));
  afterAll(async () => {
    await removeImages(tag);
    await slimtrace[Symbol.asyncDispose]();
  });

  test.each(
    Object.keys(moments).flatMap((moment, index) => [[index % 2 === 0 ? 'SIGINT' : 'SIGTERM', moment] as const]),
  )('%s %s leaves nothing behind', async (signal, moment) => {
    const run = slimtrace.start(slim);
    await moments[moment]?.(run);
    run.signal(signal);
    const { exitCode, stdout, stderr } = await run.ended;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: signal === 'SIGINT' ? 130 : 143, stdout: '' });
    expect(stderr).toContain(`${signal}: cleaning up`);
    expect(stderr).not.toMatch(/error:|^ {4}at /m);
    expect(await imageId(tag)).toBeUndefined();
  });

  test('Ctrl-C again and again, to the whole process group, does not break the clean-up', async () => {
    const run = slimtrace.start(slim, { ownGroup: true });
    await moments['while the image is listed, traced and run']?.(run);
    for (let times = 0; times < 5; times++) {
      run.signalGroup('SIGINT');
      await sleep(30);
    }
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(130);
    expect(stderr.match(/cleaning up/g)).toHaveLength(1);
  });

  test('interrupted when nobody reads its messages any more, it still ends', async () => {
    const run = slimtrace.start(slim);
    await moments['while containers are being made']?.(run);
    run.closeStderr();
    run.signal('SIGTERM');
    expect((await run.ended).exitCode).toBe(143);
  });

  test('kill -9: the next run sweeps containers, volumes, images and files, and leaves those of a live run alone', async () => {
    const quick = ['trace', baseImage, '--exit', '--timeout', '120', '--'];
    const settings = { mayLeave: true, hostname: `interrupt-${process.pid}` };
    const live = slimtrace.start([...quick, 'sleep', '25'], settings);
    await until(live, async () => (await leftOnEngine(live.pid)).length >= 1);
    const found = new Set<string>();

    for (const moment of ['while the image is listed, traced and run', 'while the slim image runs']) {
      const killed = slimtrace.start(slim, settings);
      await moments[moment]?.(killed);
      killed.signal('SIGKILL');
      await killed.ended;
      const [left, volumes] = [await leftOnEngine(killed.pid), await volumesOf(killed.pid)];
      for (const line of left) found.add(line.split(' ')[0] ?? '');
      if (volumes.length > 0) found.add('volume');
      if (ownerPids(await readdir(slimtrace.temporaryDirectory)).includes(killed.pid)) found.add('file');

      const next = await slimtrace.run([...quick, 'true'], settings);
      expect(next.exitCode, next.stderr).toBe(0);
      expect(next.stderr).toMatch(/^removed what an interrupted run had left behind: \d+ container/m);
      expect(await leftOnEngine(killed.pid)).toEqual([]);
      const known = (await docker(['volume', 'ls', '--quiet'])).split('\n');
      expect(volumes.filter((volume) => known.includes(volume))).toEqual([]);
      expect(ownerPids(await readdir(slimtrace.temporaryDirectory))).not.toContain(killed.pid);
    }
    expect([...found].sort(), 'there was something of each to sweep').toEqual(['container', 'file', 'image', 'volume']);

    expect((await leftOnEngine(live.pid)).length, 'the live run keeps its container').toBeGreaterThanOrEqual(1);
    const { exitCode, stderr } = await live.ended;
    expect(exitCode, stderr).toBe(0);
    expect(await leftOnEngine(live.pid)).toEqual([]);
  });
});

async function volumesOf(pid: number): Promise<string[]> {
  const ids = await docker(['ps', '--all', '--quiet', '--filter', `label=io.slimtrace.session.pid=${pid}`]);
  if (ids === '') return [];
  const format = '{{range .Mounts}}{{.Name}} {{end}}';
  return (await docker(['inspect', '--format', format, ...ids.split('\n')])).split(/\s+/).filter((name) => name !== '');
}

/** The process IDs in the names of temporary directories. */
function ownerPids(names: readonly string[]): number[] {
  return names.map((name) => Number(/^slimtrace-(\d+)-/.exec(name)?.[1]));
}
