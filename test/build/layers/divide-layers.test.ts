import { describe, expect, test } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { entryOf } from '../../image/tree-of.js';
import { divide, type Entries, kindsOf, timesOf } from './layer-cases.js';

const at = (seconds: number) => ({ type: 'directory', mtime: { seconds, nanoseconds: 5 } }) as const;
const owners = { '/usr/lib/libc.so.6': 'libc6', '/usr/lib/deep/down/data': 'libc6', '/usr/bin/node': 'nodejs' };
const app: Entries = {
  '/': at(9),
  '/usr': at(8),
  '/usr/lib': at(7),
  '/usr/lib/deep': at(6),
  '/usr/lib/libc.so.6': {},
  '/usr/lib/deep/down/data': {},
  '/usr/bin/node': {},
  '/app': { ...at(5), mode: 0o750, uid: 1000 },
  '/app/node_modules': at(4),
  '/app/node_modules/a': at(3),
  '/app/node_modules/a/index.js': {},
  '/app/server.js': {},
  '/tmp': { ...at(2), mode: 0o1777 },
};

describe('divideLayers', () => {
  test('from what changes least to what changes most; a kind that nothing is of has no layer', () => {
    expect(divide({ entries: app, owners }).map(({ kind }) => kind)).toEqual([
      'os',
      'runtime',
      'dependencies',
      'application',
    ]);
    expect(divide({ entries: app, owners, kept: ['/usr/bin/node', '/app/server.js'] }).map(({ kind }) => kind)).toEqual(
      ['runtime', 'application'],
    );
    expect(divide({ entries: { '/server': {} } }).map(({ kind }) => kind)).toEqual(['application']);
    expect(divide({ entries: app, mode: 'single' }).map(({ kind }) => kind)).toEqual(['all']);
  });

  test('nothing at all is one empty layer, not an image without any', () => {
    expect(divide({ entries: {}, kept: [] })).toEqual([{ kind: 'all', files: [], whiteouts: [] }]);
  });

  test('a few empty directories make no layer', () => {
    const empty = { '/usr/local/lib/python3.11/dist-packages': at(1), '/app/node_modules': at(2), '/var/log': at(3) };
    const layers = divide({ entries: { ...empty, '/usr/lib/libc.so.6': {}, '/server': {} }, owners });
    expect(layers.map(({ kind }) => kind)).toEqual(['os', 'application']);
    expect(divide({ entries: { '/': at(1), '/var/log': at(1) } }).map(({ kind }) => kind)).toEqual(['os']);
  });

  test('no path is twice in a layer, and each layer lists every directory above what it holds', () => {
    for (const { files } of divide({ entries: app, owners })) {
      const paths = files.map(({ entry }) => entry.path as string);
      expect(new Set(paths).size).toBe(paths.length);
      for (const path of paths) {
        const parent = path.slice(0, path.lastIndexOf('/')) || '/';
        expect(paths, path).toContain(parent);
      }
    }
  });

  test('only the last layer with something in a directory says when it was changed; mode and owner are everywhere', () => {
    const layers = divide({ entries: app, owners });
    expect(timesOf(layers, '/')).toEqual({ os: 0, runtime: 0, dependencies: 0, application: 9 });
    expect(timesOf(layers, '/app')).toEqual({ dependencies: 0, application: 5 });
    expect(timesOf(layers, '/usr/lib/deep')).toEqual({ os: 6 });
    expect(timesOf(layers, '/app/node_modules/a')).toEqual({ dependencies: 3 });
    const inDependencies = layers[2]?.files.find(({ entry }) => entry.path === '/app')?.entry;
    expect(inDependencies).toMatchObject({ mode: 0o750, uid: 1000, mtime: { seconds: 0, nanoseconds: 0 } });
  });

  test('directories that every step of a build touches are dated in the application’s layer alone', () => {
    const layers = divide({ entries: app, owners });
    expect(timesOf(layers, '/tmp')).toEqual({ os: 0, application: 2 });
    expect(timesOf(layers, '/usr/lib')).toEqual({ os: 0, application: 7 });
    expect(timesOf(layers, '/app/node_modules')).toEqual({ dependencies: 0, application: 4 });
    expect(timesOf(layers, '/app/node_modules/a')).toEqual({ dependencies: 3 });
    const scoped = { ...app, '/app/node_modules/@s': at(1), '/app/node_modules/@s/b/index.js': {} };
    expect(timesOf(divide({ entries: scoped, owners }), '/app/node_modules/@s')).toEqual({
      dependencies: 0,
      application: 1,
    });
  });

  test('a release that changes the application, and times far above it, changes the application’s layer alone', () => {
    const [os, runtime, dependencies, application] = divide({ entries: app, owners });
    const next = divide({
      entries: {
        ...app,
        '/app/server.js': { sizeBytes: 7 },
        '/app/new.js': {},
        ...Object.fromEntries(
          ['/', '/usr', '/usr/lib', '/tmp', '/app', '/app/node_modules'].map((at_) => [
            at_,
            { ...app[at_], ...{ mtime: { seconds: 99, nanoseconds: 0 } } },
          ]),
        ),
      },
      owners,
    });
    expect(next.slice(0, 3)).toEqual([os, runtime, dependencies]);
    expect(next[3]).not.toEqual(application);
  });

  test('all names of one file are in one layer: that of the name that changes most', () => {
    const linked = { hardLinkId: '7', body: 'x' };
    const entries = { ...app, '/usr/lib/libc.so.6': linked, '/app/libc.so.6': linked };
    expect(kindsOf(divide({ entries, owners }))).toMatchObject({
      '/usr/lib/libc.so.6': 'application',
      '/app/libc.so.6': 'application',
      '/usr/lib/deep/down/data': 'os',
    });
  });

  test('whiteouts come with the first layer, below directories with the attributes they have', () => {
    const layers = divide({
      entries: app,
      owners,
      whiteouts: ['/app/old', '/opt/gone/x'],
      base: { '/opt': { type: 'directory', mode: 0o711 }, '/opt/gone': { type: 'directory', mode: 0o700, uid: 5 } },
    });
    expect(layers.map(({ whiteouts }) => whiteouts)).toEqual([['/app/old', '/opt/gone/x'], [], [], []]);
    const modes = layers[0]?.files.map(({ entry }) => [entry.path, entry.mode]);
    expect(modes).toContainEqual(['/opt/gone', 0o700]);
    expect(modes).toContainEqual(['/app', 0o750]);
  });

  test.each(['single', 'split'] as const)(
    'a directory that only the base has keeps its mode: no /home/nonroot that everybody reads (%s)',
    (mode) => {
      const home = { type: 'directory', mode: 0o700, uid: 65532 } as const;
      const layers = divide({
        entries: { '/': {}, '/app/x': {} },
        kept: ['/app/x'],
        placed: [{ entry: entryOf('/home/nonroot/settings'), contents: new Uint8Array() }],
        base: { '/home': { type: 'directory', mode: 0o711 }, '/home/nonroot': home, '/elsewhere': home },
        mode,
      });
      const held = layers.find(({ files }) => files.some(({ entry }) => entry.path.endsWith('/settings')))?.files ?? [];
      expect(held.map(({ entry }) => [entry.path, entry.mode, entry.uid])).toEqual(
        expect.arrayContaining([
          ['/home', 0o711, 0],
          ['/home/nonroot', 0o700, 65532],
        ]),
      );
      expect(layers.flatMap(({ files }) => files.map(({ entry }) => entry.path as string))).not.toContain('/elsewhere');
    },
  );

  test('a file that stands elsewhere than in the original goes where its origin does', () => {
    const moved = { entry: entryOf('/lib/libc.so.6'), contents: asImagePath('/usr/lib/libc.so.6') };
    const layers = divide({ entries: app, owners, kept: ['/app/server.js'], placed: [moved] });
    expect(kindsOf(layers)).toMatchObject({ '/lib/libc.so.6': 'os' });
  });
});
