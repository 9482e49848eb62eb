import { describe, expect, test } from 'vitest';
import type { ImageConfig } from '../../src/image/image.ts';
import type { ImagePath } from '../../src/image/path.ts';
import { generaliseTrace } from '../../src/selection/generalise/generalise-trace.ts';
import { compareLock } from '../../src/selection/lock/compare-lock.ts';
import type { Lock } from '../../src/selection/lock/lock.ts';
import { tracesOfLock } from '../../src/selection/lock/lock-trace.ts';
import type { Reason } from '../../src/selection/reason.ts';
import { smallImage } from '../selection/small-image.ts';
import { anyImage, traceOf } from '../trace/trace-of.ts';
import { anyLock } from './any-lock.ts';

const config: ImageConfig = { Cmd: ['app', '--serve'], Env: ['PATH=/bin'], ExposedPorts: { '80/tcp': {} } };
const files = '/bin/app 4755\n/etc/app.conf\n/lib/a.so';
const because: Reason = { kind: 'static', defence: 'packs', because: 'is needed' };

function drift(image: string, more: { lock?: Partial<Lock>; config?: ImageConfig; kept?: string[] } = {}): string[] {
  const { tree } = smallImage(image);
  const lock = anyLock(more.lock);
  const { trace, healed } = tracesOfLock(lock);
  const kept = more.kept ?? [...tree.entries()].filter(({ type }) => type === 'file').map(({ path }) => path);
  return compareLock(lock, {
    config: more.config ?? config,
    tree,
    selection: new Map(kept.map((path) => [path as ImagePath, [because]])),
    traced: generaliseTrace(trace, anyImage, tree),
    healed: generaliseTrace(healed, anyImage, tree),
  }).map(({ kind, of, what, now, isExpected }) =>
    `${isExpected ? '' : '! '}${kind} ${of} ${what} ${now.join(' ')}`.trim(),
  );
}

test('the build that was locked has not drifted', () => {
  expect(drift(files)).toEqual([]);
});

test('what is gone, new, no longer asked for, or gives other rights has drifted', () => {
  expect(drift('/bin/app 4755\n/lib/a.so')).toEqual(['! removed path /etc/app.conf']);
  expect(drift('/bin/app 4755\n/etc/app.conf')).toEqual(['! removed path /lib/a.so']);
  expect(drift(files, { kept: ['/bin/app', '/etc/app.conf'] })).toEqual(['! removed path /lib/a.so']);
  expect(drift(`${files}\n/lib/new.so`)).toEqual(['! added path /lib/new.so /lib/new.so']);
  expect(drift(files.replace('4755', '0755'))).toEqual(['! removed privilege /bin/app']);
});

test('a file that was looked for and is there now is new, though the rule names it', () => {
  expect(drift(`${files}\n/etc/app.d`)).toEqual(['! added path /etc/app.d /etc/app.d']);
});

test('another build’s names of the same files are expected', () => {
  const lock = { derived: new Map([['/lib/liba.so.1.2', 'needed']]) };
  expect(drift(files.replace('a.so', 'liba.so.1.3'), { lock })).toEqual([
    'renamed path /lib/liba.so.1.2 /lib/liba.so.1.3',
  ]);
});

describe('a link that leads elsewhere now', () => {
  const of = (version: string) =>
    `/bin/app 4755\n/app/data -> /data/${version}\n/data/v1/f.txt\n/data/v2/f.txt\n/data/v2/g.txt`;
  const by = { accesses: ['read'], programs: ['/bin/app'] } as const;
  const lock: Partial<Lock> = {
    traced: [
      { path: '/bin/app', accesses: ['exec'], programs: [] },
      { path: '/data/v1/f.txt', ...by, reachedThrough: ['/app/data/f.txt'] },
    ],
    derived: new Map([['/app/data', 'a link on the way']]),
  };

  test('leads to what no rule names', () => {
    expect(drift(of('v1'), { lock, kept: ['/bin/app', '/app/data', '/data/v1/f.txt'] })).toEqual([]);
    expect(drift(of('v2'), { lock, kept: ['/bin/app', '/app/data', '/data/v1/f.txt', '/data/v2/f.txt'] })).toEqual([
      '! added path /data/v2/f.txt /data/v2/f.txt',
    ]);
  });

  test('and to a place that a rule names by the name of the link alone', () => {
    const named = { traced: [{ path: '/app/data/f.txt', accesses: ['stat'] as const, programs: [] }] };
    const derived = new Map([
      ['/app/data', 'a link on the way'],
      ['/data/v1/f.txt', 'stat by /bin/app; as /app/data/f.txt'],
    ]);
    expect(drift(of('v2'), { lock: { ...named, derived }, kept: ['/app/data', '/data/v2/f.txt', '/bin/app'] })).toEqual(
      ['! added path /bin/app /bin/app', '! removed path /data/v1/f.txt', '! added path /data/v2/f.txt /data/v2/f.txt'],
    );
  });

  test.each([
    ['traced', { path: '/lib/libz.so.1.2.13', ...by, reachedThrough: ['/lib/libz.so.1'] }, {}],
    ['derived', { path: '/bin/app', ...by }, { '/lib/libz.so.1.2.13': '/bin/app needs libz.so.1' }],
  ])('may be a library’s, whose next release is beside the one before: %s', (_, touched, derived) => {
    const libraries: Partial<Lock> = {
      traced: [{ path: '/bin/app', accesses: ['exec'], programs: [] }, touched],
      derived: new Map(Object.entries({ '/lib/libz.so.1': 'a link', ...derived })),
    };
    const image = '/bin/app 4755\n/lib/libz.so.1 -> libz.so.1.2.14\n/lib/libz.so.1.2.13\n/lib/libz.so.1.2.14';
    const kept = ['/bin/app', '/lib/libz.so.1', '/lib/libz.so.1.2.14'];
    expect(drift(image, { lock: libraries, kept })).toEqual(['renamed path /lib/libz.so.1.2.13 /lib/libz.so.1.2.14']);
  });
});

test('what is allowed to come and go may', () => {
  const lock = { allow: ['/lib/**', '/etc/app.conf'] };
  expect(drift('/bin/app 4755\n/lib/new.so', { lock })).toEqual([]);
});

test('a changed configuration has drifted, values of variables aside', () => {
  expect(drift(files, { config: { ...config, Env: ['PATH=/usr/bin'] } })).toEqual([]);
  expect(drift(files, { config: { ...config, User: 'app', ExposedPorts: {} } })).toEqual([
    '! removed config expose',
    '! added config user app',
  ]);
  expect(drift(files, { config: { ...config, Cmd: ['app --serve'] } })).toEqual(['! changed config cmd "app --serve"']);
});

test('a trace goes over to the names of another build, through directories too, where its paths existed', () => {
  const { tree } = smallImage(
    '/usr/lib/python3.12/abc.py\n/lib/libz.so.1.3 \n/lib/libz.so.1 -> libz.so.1.3\n/usr/lib/python3.12/sub/x.cpython-312.pyc\n/bin/python3.12',
  );
  const before = traceOf([
    { path: '/usr/lib/python3.11/abc.py', accesses: ['read'], programs: ['/bin/python3.11'], existed: true },
    { path: '/usr/lib/python3.11/sub/x.cpython-311.pyc', accesses: ['read'], programs: [], existed: true },
    { path: '/usr/lib/python3.11/gone.py', accesses: ['read'], programs: [], existed: true },
    { path: '/usr/lib/python3.11/never.py', accesses: ['stat'], programs: [], existed: false },
    { path: '/lib/libz.so.1', accesses: ['read'], programs: [], existed: true },
    {
      path: '/lib/libz.so.1.2.13',
      accesses: ['read'],
      programs: [],
      reachedThrough: ['/lib/libz.so.1'],
      existed: true,
    },
  ]);
  const { trace, renamed, gone, existed } = generaliseTrace(before, anyImage, tree);
  expect(trace.paths.map(({ path }) => path)).toEqual([
    '/lib/libz.so.1',
    '/lib/libz.so.1.3',
    '/usr/lib/python3.11/gone.py',
    '/usr/lib/python3.11/never.py',
    '/usr/lib/python3.12/abc.py',
    '/usr/lib/python3.12/sub/x.cpython-312.pyc',
  ]);
  expect(trace.paths.at(-2)?.programs).toEqual(['/bin/python3.12']);
  expect([...renamed.keys()]).toHaveLength(3);
  expect(gone.map(({ path }) => path)).toEqual(['/usr/lib/python3.11/gone.py']);
  expect(existed).toBe(5);
});
