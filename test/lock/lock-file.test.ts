import { describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../src/errors.ts';
import { diffLocks } from '../../src/report/lock/diff-locks.ts';
import { keepComments } from '../../src/report/lock/keep-comments.ts';
import { renderLock } from '../../src/report/lock/render-lock.ts';
import { parseLock } from '../../src/schema/lock-schema.ts';
import { anyLock } from './any-lock.ts';

const parse = (text: string) => parseLock(Buffer.from(text), 'slimtrace.lock');

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SlimtraceError && error.code === 'lock-invalid') return error.details.reason ?? '';
    throw error;
  }
  throw new Error('it was read');
}

describe('a lock file', () => {
  test('is read as it was written', () => {
    expect(parse(renderLock(anyLock()))).toEqual(anyLock());
  });

  test('takes names that would break a line, hide or read as something else', () => {
    const names = [
      '/a: b',
      '/a #b',
      '/"q"',
      "/it's",
      '/new\nline',
      '/\u202etxt',
      '/caf\u00e9',
      '/raw\udcff',
      '/a, /b',
      '/t;u',
      '/1e3',
      '/\u3164',
      '/*',
      '/{x}',
      '/end:',
      '/\\',
    ];
    const hostile = anyLock({
      image: 'true',
      config: { user: '0755', workdir: '~', cmd: '# no', entrypoint: '---' },
      traced: names.map((path) => ({ path, accesses: ['read'], programs: names.toSorted(), reachedThrough: [path] })),
      derived: new Map(names.map((path) => [path, `- ${path}: because`])),
    });
    const text = renderLock(hostile);
    expect(parse(text)).toEqual(hostile);
    expect(text).not.toMatch(/\u202e|\u3164|\udcff/);
  });

  test.each([
    ['', 'slimtrace.lock:1:1: it says nothing'],
    ['version: 1\nversion: 1', 'slimtrace.lock:2:1: this key is there twice'],
    [renderLock(anyLock()).replace('  layers: split', '  layer: split'), ': unknown: "layer"'],
    [renderLock(anyLock()).replace('stat by /bin/app', 'look by /bin/app'), '"look" is no kind of access'],
    [renderLock(anyLock()).replace('stat by /bin/app', 'stat by app'), 'programs and other names are absolute paths'],
    [renderLock(anyLock()).replace('  /etc/app.conf:', '  etc/app.conf:'), 'etc/app.conf'],
    [renderLock(anyLock()).replace('  /etc/app.conf:', '  __proto__:'), 'slimtrace.lock:'],
    [renderLock(anyLock()).replace('version: 1', 'version: 2'), 'slimtrace.lock:4:1: version: '],
  ])('that is wrong says where: %#', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  test('keeps comments by hand above and beside their rules, and tells those whose rule is gone', () => {
    const before = renderLock(anyLock())
      .replace('  /etc/app.conf:', '  # ours\n  /etc/app.conf:')
      .replace('  /bin/app: exec by /bin/sh', '  /bin/app: exec by /bin/sh # the service');
    const same = keepComments(renderLock(anyLock()), before);
    expect(same).toEqual({ text: before, lost: [] });
    const { text, lost } = keepComments(renderLock(anyLock({ traced: [] })), before);
    expect(lost).toEqual(['# ours', '# the service']);
    expect(parse(text).traced).toEqual([]);
  });

  test('keeps comments where the next build has another name for the rule’s file, and shows one line for it', () => {
    const at = (hash: string, python: string) =>
      renderLock(
        anyLock({
          traced: [
            { path: '/bin/app', accesses: ['exec'], programs: ['/bin/sh'] },
            { path: `/web/index-${hash}.js`, accesses: ['read'], programs: [`/usr/bin/${python}`] },
            { path: `/web/odd: name-${hash}.js`, accesses: ['read'], programs: [] },
          ],
          derived: new Map([[`/usr/lib/${python}/os.py`, `/usr/bin/${python} needs it`]]),
        }),
      );
    const commented = (text: string) =>
      text
        .replace('  /web/index', '  # the bundle\n  /web/index')
        .replace('needs it', 'needs it # ours')
        .replace('  "/web/', '  # the odd one\n  "/web/');
    const before = commented(at('3f2a1b9c', 'python3.11'));
    const now = at('77aa01de', 'python3.12');
    expect(keepComments(now, before)).toEqual({ text: commented(now), lost: [] });
    expect(diffLocks(before, now)).toEqual([
      'traced',
      '  ~ "/web/odd: name-3f2a1b9c.js" → "/web/odd: name-77aa01de.js"',
      '  ~ /web/index-3f2a1b9c.js → /web/index-77aa01de.js',
      'derived',
      '  ~ /usr/lib/python3.11/os.py → /usr/lib/python3.12/os.py',
    ]);
  });

  test('tells a comment as lost where several files could have taken the place of its rule’s', () => {
    const of = (...hashes: string[]) =>
      renderLock(anyLock({ derived: new Map(hashes.map((hash) => [`/web/chunk-${hash}.js`, 'index.html names it'])) }));
    const before = of('3f2a1b9c').replace('  /web/', '  # lazy\n  /web/');
    const now = of('77aa01de', '9b8c7d6e');
    expect(keepComments(now, before)).toEqual({ text: now, lost: ['# lazy'] });
    expect(diffLocks(before, now)).toEqual([
      'derived',
      '  - /web/chunk-3f2a1b9c.js: index.html names it',
      '  + /web/chunk-77aa01de.js: index.html names it',
      '  + /web/chunk-9b8c7d6e.js: index.html names it',
    ]);
  });

  test('is set against another rule by rule', () => {
    const now = anyLock({ derived: new Map([['/lib/b.so', 'needed']]), allow: ['/tmp/**'] });
    expect(diffLocks(renderLock(anyLock()), renderLock(now))).toEqual([
      'derived',
      '  - /lib/a.so: /bin/app needs a.so',
      '  + /lib/b.so: needed',
      'allow',
      '  + - /tmp/**',
    ]);
  });
});
