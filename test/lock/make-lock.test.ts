import { expect, test } from 'vitest';
import { makeLock } from '../../src/report/lock/make-lock.ts';
import { tracesOfLock } from '../../src/selection/lock/lock-trace.ts';
import type { SlimResult } from '../../src/slim-result.ts';
import { smallImage } from '../selection/small-image.ts';
import { traceOf } from '../trace/trace-of.ts';

type Paths = Parameters<typeof traceOf>[0];

function lockOf(image: string, touched: Paths, missed: Paths = []) {
  const result = {
    tree: smallImage(image).tree,
    trace: traceOf(touched),
    healing: { rounds: [traceOf(missed)] },
    selection: { selection: new Map() },
    config: {},
    original: { id: 'sha256:1' },
    slim: { census: { files: 1 }, sizeBytes: 1 },
  };
  // What is made of it needs no more.
  return makeLock(result as unknown as SlimResult, {
    image: 'app:1',
    version: '1.0.0',
    options: {},
    scenarios: [{}],
    command: [],
    allow: [],
  });
}

test('a temporary file has another name at each run; what the image has there keeps its own', () => {
  const by = { accesses: ['read'], programs: ['/bin/app'] } as const;
  const lock = lockOf('/bin/app\n/tmp/\n/tmp/data.json\n/tmp/link -> /etc/app.conf\n/var/tmp/\n/etc/app.conf', [
    { path: '/tmp/data.json', ...by },
    { path: '/tmp/3f2a', ...by },
    { path: '/var/tmp/81.lock', ...by },
    { path: '/proc/71/maps', ...by },
    { path: '/proc/71/exe', ...by, reachedThrough: ['/proc/self/exe'] },
    { path: '/sys/fs/cgroup/memory.max', accesses: ['stat'], programs: ['/bin/sh'] },
    { path: '/etc/app.conf', ...by, reachedThrough: ['/tmp/link', '/tmp/91/link'] },
  ]);
  expect(lock.traced).toEqual([
    { path: '/etc/app.conf', ...by, reachedThrough: ['/tmp/any', '/tmp/link'] },
    { path: '/tmp/data.json', ...by },
  ]);
  expect(lock.lookedFor.map(({ path }) => path)).toEqual(['/proc/any', '/sys/any', '/tmp/any', '/var/tmp/any']);
  expect(tracesOfLock(lock).trace.paths.map(({ path, existed }) => [path, existed])).toContainEqual([
    '/tmp/data.json',
    true,
  ]);
});

test('two runs of one image give one lock: what a run called by a name of that moment has none', () => {
  const run = (moment: string) =>
    lockOf('/bin/app\n/cache/\n/data/\n/run/\n/sess/any\n/var/run -> /run', [
      { path: `/cache/quopri.cpython-311.pyc.${moment}`, accesses: ['create', 'rename'], programs: ['/bin/app'] },
      { path: '/cache/quopri.cpython-311.pyc', accesses: ['read', 'rename'], programs: ['/bin/app'] },
      { path: `/data/temp-${moment}.rdb`, accesses: ['unlink'], programs: ['/bin/app'] },
      { path: `/data/tmp${moment}`, accesses: ['mkdir', 'stat'], programs: ['/bin/app'] },
      { path: `/data/tmp${moment}/settings`, accesses: ['create'], programs: ['/bin/app'] },
      { path: '/data/journal', accesses: ['create', 'rename'], programs: ['/bin/app'] },
      { path: '/data/notes.json', accesses: ['create', 'read'], programs: ['/bin/app'] },
      { path: '/data/plugin-3f2a1b9c.so', accesses: ['stat'], programs: ['/bin/app'] },
      { path: '/run/app.pid', accesses: ['create', 'unlink'], programs: ['/bin/app'] },
      { path: `/var/run/app.pid.${moment}`, accesses: ['create'], programs: ['/bin/app'] },
      {
        path: `/run/app.pid.${moment}`,
        accesses: ['mode', 'rename'],
        programs: ['/bin/app'],
        reachedThrough: [`/var/run/app.pid.${moment}`],
      },
      { path: `/sess/sess_${moment}`, accesses: ['create', 'read'], programs: ['/bin/app'] },
      {
        path: '/bin/app',
        accesses: ['read'],
        programs: ['/bin/app'],
        reachedThrough: [`/data/tmp${moment}/link`, `/proc/${moment}/exe`],
      },
    ]);
  const lock = run('139979541978384');
  expect(run('71400123')).toEqual(lock);
  expect(lock.lookedFor.map(({ path, accesses }) => `${path}: ${accesses.join(' ')}`)).toEqual([
    '/cache/any: create rename',
    '/cache/quopri.cpython-311.pyc: read rename',
    '/data/any: create mkdir rename stat unlink',
    '/data/notes.json: create read',
    '/data/plugin-3f2a1b9c.so: stat',
    '/run/any: mode rename',
    '/run/app.pid: create unlink',
    '/sess/any-other: create read',
    '/var/run/any: create',
  ]);
  expect(lock.traced).toMatchObject([{ path: '/bin/app', reachedThrough: ['/data/any', '/proc/self/exe'] }]);
});

test.each([
  ['pyc.x7kq_2ab', true],
  ['tmpabcdefgh', true],
  ['.app.conf.QxZrTb', true],
  ['app.71.log', true],
  ['cacheFile', false],
  ['state.db-wal', false],
])('a file that a run makes by the name of %s', (name, isOfTheMoment) => {
  const made = lockOf('/bin/app\n/data/', [{ path: `/data/${name}`, accesses: ['create'], programs: [] }]);
  expect(made.lookedFor.map(({ path }) => path)).toEqual([isOfTheMoment ? '/data/any' : `/data/${name}`]);
});

test('what a slim image missed and the original lacks too was looked for: no other build can lose it', () => {
  const lock = lockOf('/bin/app\n/run/', [], [{ path: '/run/never', accesses: ['stat'], programs: ['/bin/app'] }]);
  expect(lock.healed).toEqual([]);
  expect(lock.lookedFor.map(({ path }) => path)).toEqual(['/run/never']);
});
