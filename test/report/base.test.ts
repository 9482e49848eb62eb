import { describe, expect, test } from 'vitest';
import { asImagePath } from '../../src/image/path.ts';
import { renderBase } from '../../src/report/base-human.ts';
import { reportBase, reportBaseEntries } from '../../src/report/base-report.ts';
import { plainStyle } from '../../src/report/style.ts';
import { answerWhy } from '../../src/report/why.ts';
import { renderAnswer } from '../../src/report/why-human.ts';
import { answerWhyNot } from '../../src/report/why-not.ts';
import { renderWhyNot } from '../../src/report/why-not-human.ts';
import { entryOf, treeOf } from '../image/tree-of.ts';
import { reportOf } from './report-of.ts';

const base = {
  ...{ name: 'distroless/cc', digest: 'sha256:b', because: 'libstdc++ is kept', layers: 2, sizeBytes: 3_000_000 },
  ...{ sharedEntries: 1, sharedBytes: 2_000_000, strangeFiles: ['/etc/x'], remarks: [] },
};

describe('why, of a slim image on a base', () => {
  const report = {
    ...reportOf(`
      + /usr/lib/libc.so.6 (libc6)
      + /usr/bin/app
      - /etc/hosts.allow
      ! /etc/issue
    `),
    base,
    fromBase: [
      ['/usr/lib/libc.so.6', 'file', 9],
      ['/etc/hosts.allow', 'file', 9],
      ['/etc/issue', 'file', 9],
      ['/home/nonroot', 'directory', 0],
      ['/home/nonroot/.profile', 'file', 9],
      ['/var/run', 'symlink', 0, '/run'],
    ] as const,
  };
  const why = (path: string) => renderAnswer(answerWhy(report, asImagePath(path)), plainStyle);

  test('a path that only the base has', () => {
    expect(why('/home/nonroot/.profile')).toBe(
      '/home/nonroot/.profile is in app:slim: from the base image distroless/cc\nthe original has nothing there\n',
    );
    expect(why('/var/run')).toContain('/var/run is in app:slim: from the base image distroless/cc');
  });

  test('one that the original has too, and nothing asked for, or --exclude left out', () => {
    expect(why('/etc/hosts.allow')).toContain('from the base image distroless/cc\nnothing asked for the original’s\n');
    expect(why('/etc/issue')).toContain('the original’s was left out by --exclude /etc/issue\n');
  });

  test('one that is kept, and the base brings: both are said', () => {
    expect(why('/usr/lib/libc.so.6')).toMatch(
      /^\/usr\/lib\/libc\.so\.6 \(package libc6\) is in app:slim\nthe base image distroless\/cc brings it/,
    );
  });

  test('one of the image’s own, and one that nobody has', () => {
    expect(why('/usr/bin/app')).not.toContain('base');
    expect(why('/home/nobody')).toContain('is not in the original image');
    expect(why('/home'), 'a directory that the base’s entries only imply').toContain('is not in the original image');
  });

  test('why-not says it too', () => {
    const text = renderWhyNot(answerWhyNot(report, asImagePath('/etc/hosts.allow')), plainStyle);
    expect(text).toContain('/etc/hosts.allow is in app:slim: from the base image distroless/cc');
    expect(text).toContain('to keep the original’s: --include /etc/hosts.allow\n');
  });
});

describe('the report of a base', () => {
  const entries = [entryOf('/etc/passwd'), entryOf('/lib', { linkTarget: 'usr/lib' }), entryOf('/app', { body: 'x' })];
  const layer = { diffId: 'sha256:d', sizeBytes: 1_500_000, open: () => [] } as never;
  const composition = {
    base: {
      image: { name: 'distroless/cc', digest: 'sha256:b', layers: [layer, layer], tree: treeOf({}) } as never,
      because: 'libstdc++ is kept',
      shared: { entries: 1, bytes: 2_000_000 },
      remarks: ['the loader is the original’s\u001b[31m'],
    },
    layers: [{ kind: 'all' as const, files: [{ entry: entries[2] as (typeof entries)[number] }], whiteouts: [] }],
    entries,
  };

  test('its figures, and what of the image is its own', () => {
    expect(reportBase(composition, ['/etc/x'])).toEqual({ ...base, remarks: composition.base.remarks });
    expect(reportBaseEntries(composition)).toEqual([
      ['/etc/passwd', 'file', 0],
      ['/lib', 'symlink', 0, 'usr/lib'],
    ]);
    expect(reportBase({ base: undefined }, [])).toBeNull();
  });

  test('for a person: which, why, how much is shared; nothing raw', () => {
    expect(renderBase(reportBase(composition, ['/a', '/b', '/c', '/d']), plainStyle)).toBe(
      [
        'base       distroless/cc, because libstdc++ is kept',
        '           2 layers, 3.00 MB, unchanged; 1 kept entry (2.00 MB) needn’t be there twice',
        '           the application uses what only the base has, and the original never had: /a, /b, /c and 1 more',
        '           the loader is the original’s\\x1b[31m',
      ].join('\n'),
    );
    expect(renderBase(null, plainStyle)).toBe('');
  });
});
