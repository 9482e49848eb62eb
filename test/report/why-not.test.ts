import { describe, expect, test } from 'vitest';
import { asImagePath } from '../../src/image/path.ts';
import { plainStyle } from '../../src/report/style.ts';
import { answerWhyNot } from '../../src/report/why-not.ts';
import { renderWhyNot } from '../../src/report/why-not-human.ts';
import { reportOf } from './report-of.ts';

const report = reportOf(`
  + /bin -> usr/bin
  + /usr/bin/curl (curl)
  - /usr/bin/curl-config (curl)
  - /usr/bin/git (git)
  ! /usr/bin/xz (xz)
  - /usr/share/zoneinfo/Asia/Tokyo (tzdata)
  - /usr/share/zoneinfo/Asia/Seoul (tzdata)
  - /usr/share/zoneinfo/UTC (tzdata)
  + /usr/share/doc/curl/copyright (curl)
  - /app/node_modules/ms/index.js
  - /app/node_modules/ms/package.json
  + /app/node_modules/express/index.js
  - /sbin -> usr/sbin
  - /usr/sbin/nologin (login)
`);

const ask = (path: string) => renderWhyNot(answerWhyNot(report, asImagePath(path)), plainStyle);

describe('why-not', () => {
  test('a file left out of a package that is kept in part: who of it is there, and what keeps the file', () => {
    expect(ask('/usr/bin/curl-config')).toBe(
      [
        '/usr/bin/curl-config (package curl) is out of app:slim: nothing asked for it',
        'kept beside it: /usr/bin/curl',
        'of its package curl, 2 of 3 files are kept:',
        '  /usr/bin/curl: --include /usr/bin/curl',
        '  /usr/share/doc/curl/copyright: --include /usr/share/doc/curl/copyright',
        'to keep it: --include /usr/bin/curl-config',
        '',
      ].join('\n'),
    );
  });

  test('one of many: the directory that holds them', () => {
    const text = ask('/usr/share/zoneinfo/Asia/Tokyo');
    expect(text).toContain('nothing of its package tzdata is kept\n');
    expect(text).toContain('to keep it: --include /usr/share/zoneinfo/Asia/Tokyo\n');
    expect(text).toContain('to keep all it is one of (3 files): --include /usr/share/zoneinfo\n');
  });

  test('a file of a module: the module, not all of them', () => {
    const { wider } = answerWhyNot(report, asImagePath('/app/node_modules/ms/index.js'));
    expect(wider).toEqual({ pattern: '/app/node_modules/ms', files: 2 });
  });

  test('a directory: itself, with how much that is', () => {
    expect(ask('/usr/share/zoneinfo')).toContain('to keep it (3 files): --include /usr/share/zoneinfo\n');
  });

  test('by a name that goes through a link that is left out too: the name, which brings the link', () => {
    expect(ask('/sbin/nologin')).toContain('to keep it: --include /sbin/nologin\n');
    expect(ask('/bin/git')).toContain('to keep it: --include /usr/bin/git\n');
  });

  test('an excluded path is not brought back by an include', () => {
    const text = ask('/usr/bin/xz');
    expect(text).toContain('to keep it: leave out --exclude /usr/bin/xz\n');
    expect(text).not.toContain('--include /usr/bin/xz');
  });

  test('a path that is kept, and one that never was', () => {
    expect(ask('/usr/bin/curl')).toMatch(/^\/usr\/bin\/curl \(package curl\) is in app:slim\n/);
    expect(ask('/usr/bin/nowhere')).toMatch(/^\/usr\/bin\/nowhere is not in the original image\n/);
    expect(ask('/usr/bin/nowhere')).not.toContain('--include');
  });

  test('what known loaders were refused is told', () => {
    const doubt = {
      doubt: 'left-out',
      parent: asImagePath('/usr/bin/curl'),
      target: asImagePath('/usr/bin/git'),
      because: 'runs it for submodules',
    } as const;
    const answer = answerWhyNot(
      { ...report, confidence: { ...report.confidence, doubts: [doubt] } },
      asImagePath('/usr/bin/git'),
    );
    expect(renderWhyNot(answer, plainStyle)).toContain('/usr/bin/curl may ask for it: runs it for submodules\n');
  });

  test('a pattern can be pasted into a shell', () => {
    const odd = reportOf("- /srv/it's\n+ /srv/x");
    expect(renderWhyNot(answerWhyNot(odd, asImagePath("/srv/it's")), plainStyle)).toContain(
      `--include '/srv/it'\\''s'\n`,
    );
  });
});
