import { describe, expect, test } from 'vitest';
import { planRunAs } from '../../../src/build/run-as.js';
import type { ImageConfig } from '../../../src/image/image.js';
import type { AccessKind } from '../../../src/trace/trace.js';
import { imageOf, type Sketch } from '../../image/tree-of.js';
import { traceOf } from '../../trace/trace-of.js';

const accounts = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nweb:x:789:790::/nonexistent:/bin/false\n',
  group: 'root:x:0:\nweb:x:790:\ntls:x:44:web\n',
};
const directory = { type: 'directory' } as const;

/** What becomes whose, as `PATH FROM -> TO: why`, and the remarks. */
function planned(
  entries: Readonly<Record<string, Sketch>>,
  accesses: Readonly<Record<string, readonly AccessKind[]>>,
  { user = 'nonroot', config = {} }: { readonly user?: string; readonly config?: ImageConfig } = {},
) {
  const { tree } = imageOf(entries);
  const trace = traceOf(
    Object.entries(accesses).map(([path, kinds]) => ({ path, accesses: kinds, programs: ['/app'] })),
  );
  const kept = [...tree.entries()];
  const { identity, owners, directories, remarks } = planRunAs({
    user,
    image: { config, tree },
    accounts,
    kept,
    trace,
  });
  return {
    identity,
    owners: owners.map(({ path, from, to, why }) => `${path} ${from} -> ${to}: ${why}`),
    remarks,
    directories: directories.map(({ path, uid, gid }) => `${path} ${uid}:${gid}`),
  };
}

describe('what the application writes becomes its user’s', () => {
  test('a file that it writes, and no more of the directory', () => {
    const entries = { '/data': directory, '/data/log': {}, '/data/other': {} };
    expect(planned(entries, { '/data/log': ['write'], '/data/other': ['read'] }).owners).toEqual([
      '/data/log 0:0 -> 65532:65532: writes',
    ]);
  });

  test('the directory in which it makes, renames or removes names', () => {
    const entries = {
      '/a': directory,
      '/b': directory,
      '/c': directory,
      '/c/old': {},
      '/d': directory,
      '/e': directory,
    };
    const accesses = {
      '/a/new': ['create', 'write'],
      '/b/made': ['mkdir'],
      '/b/made/below': ['create'],
      '/c/old': ['unlink'],
      '/d/one': ['rename'],
      '/e/socket': ['bind'],
    } as const;
    expect(planned(entries, accesses).owners.map((line) => line.split(' ')[0])).toEqual(['/a', '/b', '/c', '/d', '/e']);
  });

  test('through symlinks, what they lead to', () => {
    const entries = {
      '/var/run': { linkTarget: '../run' },
      '/run': directory,
      '/app/log': { linkTarget: '/log/app' },
      '/log': directory,
    };
    expect(
      planned(entries, { '/var/run/app.pid': ['create', 'write'], '/app/log': ['create', 'write'] }).owners,
    ).toEqual(['/log 0:0 -> 65532:65532: writes', '/run 0:0 -> 65532:65532: writes']);
  });

  test('what it looked for, found there already, or may write anyway stays as it is', () => {
    const entries = {
      '/srv': directory,
      '/srv/there': directory,
      '/tmp': { ...directory, mode: 0o1777 },
      '/open': { mode: 0o666 },
      '/mine': { uid: 65532, gid: 65532 },
      '/group': { gid: 65532, mode: 0o660 },
    };
    const accesses = {
      '/srv/none': ['read', 'stat', 'unlink', 'write'],
      '/srv/there': ['mkdir'],
      '/srv/missing/file': ['create', 'write'],
      '/tmp': ['mode'],
      '/tmp/x': ['create', 'unlink'],
      '/open': ['write'],
      '/mine': ['write', 'mode'],
      '/group': ['write'],
    } as const;
    expect(planned(entries, accesses)).toMatchObject({ owners: [], remarks: [] });
  });

  test('a new volume begins with a directory that it can write', () => {
    const entries = { '/data': { ...directory, uid: 5, gid: 5, mode: 0o700 }, '/data/kept': { mode: 0o600 } };
    const config = { Volumes: { '/data/': {} } };
    expect(planned(entries, {}, { config }).owners).toEqual(['/data 5:5 -> 65532:65532: writes']);
  });

  test('a volume that the image has no directory for gets one', () => {
    const config = {
      Volumes: { '/var/lib/db': {}, '/run/../srv/a/b': {}, '/file/x': {}, '/gone': {}, '/var/lib': {} },
    };
    const entries = {
      '/srv': { linkTarget: '/mnt' },
      '/mnt': directory,
      '/var': directory,
      '/file': {},
      '/gone': { linkTarget: '/nowhere' },
    };
    expect(planned(entries, {}, { config }).directories).toEqual([
      '/var/lib 65532:65532',
      '/var/lib/db 65532:65532',
      '/mnt/a 0:0',
      '/mnt/a/b 65532:65532',
    ]);
  });

  test('what only its owner may change the mode or times of', () => {
    expect(planned({ '/d': { ...directory, mode: 0o777 } }, { '/d': ['mode'] }).owners).toHaveLength(1);
    expect(planned({ '/f': { mode: 0o666 } }, { '/f': ['time'] }).owners).toHaveLength(1);
    const sticky = { '/spool': { ...directory, mode: 0o1777 }, '/spool/job': {} };
    expect(planned(sticky, { '/spool/job': ['unlink'] }).owners).toEqual(['/spool/job 0:0 -> 65532:65532: writes']);
  });

  test('all names of one file', () => {
    const entries = { '/a': { hardLinkId: '1' }, '/b': { hardLinkId: '1' }, '/c': { hardLinkId: '2' } };
    expect(planned(entries, { '/b': ['write'] }).owners).toHaveLength(2);
  });
});

test('what only root could read becomes readable, and the way there', () => {
  const entries = { '/root': { ...directory, mode: 0o700 }, '/root/key.pem': { mode: 0o600 }, '/root/other': {} };
  expect(planned(entries, { '/root/key.pem': ['read'], '/root/none': ['stat'] }).owners).toEqual([
    '/root 0:0 -> 65532:65532: reads',
    '/root/key.pem 0:0 -> 65532:65532: reads',
  ]);
  expect(planned(entries, { '/root/other': ['stat'] }).owners).toEqual([]);
  const config = { WorkingDir: '/root' };
  expect(planned(entries, {}, { config }).owners, 'where it is started').toEqual(['/root 0:0 -> 65532:65532: reads']);
});

test('what a group may read becomes its group’s alone: a configuration that it reads is not its to change', () => {
  const entries = {
    '/etc/app': { ...directory, uid: 5, gid: 7, mode: 0o750 },
    '/etc/app/conf': { uid: 5, gid: 7, mode: 0o640 },
    '/etc/app/state': { uid: 5, gid: 7, mode: 0o640 },
    '/a': { hardLinkId: '1', mode: 0o640 },
    '/b': { hardLinkId: '1', mode: 0o640 },
    '/c': { hardLinkId: '2', mode: 0o640 },
    '/d': { hardLinkId: '2', mode: 0o640 },
  };
  const accesses = {
    '/etc/app/conf': ['read'],
    '/etc/app/state': ['read', 'write'],
    '/a': ['write'],
    '/b': ['read'],
    '/c': ['read'],
    '/d': ['write'],
  } as const;
  expect(planned(entries, accesses).owners).toEqual([
    '/a 0:0 -> 65532:65532: writes',
    '/b 0:0 -> 65532:65532: writes',
    '/c 0:0 -> 65532:65532: writes',
    '/d 0:0 -> 65532:65532: writes',
    '/etc/app 5:7 -> 5:65532: reads',
    '/etc/app/conf 5:7 -> 5:65532: reads',
    '/etc/app/state 5:7 -> 65532:65532: writes',
  ]);
});

describe('the application is given no more than it had', () => {
  test('programs, accounts and what many share stay root’s, and it is told', () => {
    const entries = {
      '/usr/lib/app': directory,
      '/etc/passwd': {},
      '/etc/app.conf': {},
      '/etc/shadow': { mode: 0o640, gid: 42 },
      '/usr/bin/app': {},
    };
    const { owners, remarks } = planned(entries, {
      '/app.log': ['create', 'write'],
      '/etc/new': ['create', 'write'],
      '/usr/lib/app/cache': ['mkdir'],
      '/etc/passwd': ['write'],
      '/etc/shadow': ['read'],
      '/usr/bin/app': ['write'],
      '/etc/app.conf': ['write'],
    });
    expect(owners).toEqual(['/etc/app.conf 0:0 -> 65532:65532: writes']);
    expect(remarks.map((remark) => remark.match(/ (\/\S*), and/)?.[1])).toEqual([
      '/',
      '/etc',
      '/usr/lib/app',
      '/etc/shadow',
      '/etc/passwd',
      '/usr/bin/app',
    ]);
  });

  test('compiled Python beside its source is done without', () => {
    const entries = { '/srv/app': directory, '/srv/app/main.py': {} };
    const { owners, remarks } = planned(entries, {
      '/srv/app/__pycache__': ['mkdir'],
      '/srv/app/__pycache__/main.cpython-311.pyc.140': ['create', 'write', 'rename'],
      '/usr/lib/python3/x.pyc': ['create'],
    });
    expect({ owners, remarks }).toEqual({ owners: [], remarks: [] });
  });

  test('devices and what the engine brings are no business of the image', () => {
    const entries = { '/dev/null': { type: 'character-device' as const }, '/etc/hosts': {}, '/proc': directory };
    expect(
      planned(entries, { '/dev/null': ['write'], '/etc/hosts': ['write'], '/proc/self/x': ['write'] }),
    ).toMatchObject({
      owners: [],
      remarks: [],
    });
  });

  test('setuid programs and those with capabilities keep their owner', () => {
    const entries = {
      '/app/su': { mode: 0o4750 },
      '/app/ping': { mode: 0o700, xattrs: new Map([['security.capability', Buffer.from([1])]]) },
    };
    const { owners, remarks } = planned(entries, { '/app/su': ['exec'], '/app/ping': ['exec'] });
    expect(owners).toEqual([]);
    expect(remarks).toHaveLength(2);
  });

  test('a mode that shuts out even the owner is told', () => {
    const { owners, remarks } = planned({ '/f': { mode: 0o444 } }, { '/f': ['write'] });
    expect(owners).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('not even its owner')]);
  });

  test('a program by another name', () => {
    const entries = { '/etc/passwd': { hardLinkId: '1' }, '/data/passwd': { hardLinkId: '1' } };
    const { owners, remarks } = planned(entries, { '/data/passwd': ['write'] });
    expect({ owners, remarks: remarks.length }).toEqual({ owners: [], remarks: 1 });
  });

  test('what no run read stays shut, and it is told; ports that only root may have, too', () => {
    const entries = { '/app/key': { mode: 0o600 }, '/app/open': {}, '/etc/shadow': { mode: 0o640 } };
    const config = { ExposedPorts: { '80/tcp': {}, '8080/tcp': {} } };
    const { owners, remarks } = planned(entries, {}, { config });
    expect(owners).toEqual([]);
    expect(remarks).toEqual([
      expect.stringMatching(/^no run read \/app\/key, /),
      expect.stringMatching(/^it listens on 80\/tcp: /),
    ]);
    expect(planned(entries, {}, { user: '0', config }).remarks).toEqual([]);
  });

  test('a home that the new user doesn’t have is told', () => {
    const entries = { '/root': { ...directory, mode: 0o700 } };
    expect(planned(entries, { '/root/.cache': ['mkdir'] }).remarks).toEqual([
      expect.stringMatching(/^the application writes in \/root, its user's home; the new user has another, /),
    ]);
    const config = { Env: ['HOME=/root'] };
    expect(planned(entries, { '/root/.cache': ['mkdir'] }, { config }).remarks).toEqual([]);
  });
});

test('who is meant, and that a name nobody has is refused', () => {
  const identityOf = (user: string) => planned({}, {}, { user }).identity;
  expect(identityOf('nonroot')).toMatchObject({ uid: 65532, gid: 65532 });
  expect(identityOf('1000')).toMatchObject({ uid: 1000, gid: 1000, groups: [] });
  expect(identityOf('1000:0')).toMatchObject({ uid: 1000, gid: 0 });
  expect(identityOf('web')).toMatchObject({ uid: 789, gid: 790, groups: [44], home: '/nonexistent' });
  expect(identityOf('789')).toMatchObject({ uid: 789, gid: 790 });
  expect(identityOf('web:root')).toMatchObject({ uid: 789, gid: 0, groups: [] });
  expect(() => identityOf('nobody')).toThrow(expect.objectContaining({ code: 'user-unknown' }));
  expect(() => identityOf('web:none')).toThrow(expect.objectContaining({ code: 'user-unknown' }));
});

test('thirty thousand paths are planned at once', () => {
  const entries: Record<string, Sketch> = {};
  const accesses: Record<string, readonly AccessKind[]> = {};
  for (let index = 0; index < 15_000; index++) {
    entries[`/data/${index % 300}/${index}`] = {};
    accesses[`/data/${index % 300}/${index}`] = ['write'];
    accesses[`/data/${index % 300}/new-${index}`] = ['create'];
  }
  expect(planned(entries, accesses).owners).toHaveLength(15_300);
});
