import { expect, test } from 'vitest';
import type { Doubt } from '../../../src/selection/doubt.ts';
import { selectFrom, smallImage } from '../small-image.ts';

const library = `
  /usr/bin/python3.11 0755
  /usr/lib/python3.11/os.py : import sys
  /usr/lib/python3.11/encodings/__init__.py : import codecs
  /usr/lib/python3.11/encodings/aliases.py : aliases = {\\n    'windows_1252' : 'cp1252',\\n    'sjis' : 'shift_jis',\\n}
  /usr/lib/python3.11/encodings/cp1252.py : import codecs
  /usr/lib/python3.11/encodings/shift_jis.py : import _codecs_jp
  /usr/lib/python3.11/codecs.py : import builtins
  /usr/lib/python3.11/csv.py : import io\\nfrom _csv import writer
  /usr/lib/python3.11/lib-dynload/_csv.cpython-311-x86_64-linux-gnu.so
  /usr/lib/python3.11/_strptime.py : import locale
  /usr/lib/python3.11/locale.py : import sys
  /usr/lib/python3.11/pdb.py : import bdb
  /usr/lib/python3.11/shutil.py : def make():\\n    import tarfile
  /usr/lib/python3.11/tarfile.py : import sys
  /usr/lib/python3/dist-packages/
`;
const started = [
  'read /usr/lib/python3.11/os.py',
  'read /usr/lib/python3.11/encodings/__init__.py',
  'read /usr/lib/python3.11/encodings/aliases.py',
  'list /usr/lib/python3/dist-packages',
];

interface Asked {
  readonly image: string;
  readonly trace?: readonly string[];
  readonly env?: readonly string[];
  readonly workingDir?: string;
}

/** What is kept only because it is known, by path, and the doubts about it. */
async function select({ image, trace = [], env = [], workingDir = '/srv' }: Asked) {
  const { selection, doubts } = await selectFrom(smallImage(library + image), {
    trace: [...started, ...trace],
    config: { WorkingDir: workingDir, Env: [...env] },
    options: { certificates: false, without: new Set(['application']) },
  });
  const because = new Map<string, string>();
  for (const [path, reasons] of selection) {
    if (reasons.some(({ kind }) => kind === 'traced')) continue;
    const reason = reasons.find(({ kind }) => kind === 'static');
    if (reason?.kind === 'static') because.set(path, `${reason.parent} ${reason.because}`);
  }
  return { because, kept: [...because.keys()], doubts: doubts.map(describe) };
}

function describe(doubt: Doubt): string {
  if (doubt.doubt === 'dynamic-loader') return `${doubt.parent} makes up ${doubt.detail}`;
  return doubt.doubt === 'conditional-import'
    ? `${doubt.parent} if ${doubt.module}`
    : `${doubt.parent} ${doubt.because}`;
}

test("an application's lazy imports are kept with what they import, down to native modules", async () => {
  const { because } = await select({
    image: '/srv/app.py : def f():\\n    import csv',
    trace: ['read /srv/app.py'],
  });
  expect(Object.fromEntries(because)).toEqual({
    '/usr/lib/python3.11/csv.py': '/srv/app.py imports csv in a function',
    '/usr/lib/python3.11/lib-dynload/_csv.cpython-311-x86_64-linux-gnu.so': '/usr/lib/python3.11/csv.py imports _csv',
  });
});

test("an application's own modules come with their packages and what they were compiled to", async () => {
  const { kept } = await select({
    image: `
      /srv/app/__init__.py : def f():\\n    from .inner import reports
      /srv/app/inner/__init__.py : x = 1
      /srv/app/inner/reports.py : from ..prices import price
      /srv/app/inner/__pycache__/reports.cpython-311.pyc
      /srv/app/prices.py : x = 1
      /srv/app/unrelated.py : x = 1
    `,
    trace: ['read /srv/app/__init__.py'],
  });
  expect(kept).toEqual([
    '/srv/app/inner/__init__.py',
    '/srv/app/inner/__pycache__/reports.cpython-311.pyc',
    '/srv/app/inner/reports.py',
    '/srv/app/prices.py',
  ]);
});

test("a package's lazy imports are kept, unless it does without or they are for who develops it", async () => {
  const { kept, doubts } = await select({
    image: `
      /usr/lib/python3/dist-packages/web/__init__.py : def f():\\n    import csv, pdb\\n    from web.late import x
      /usr/lib/python3/dist-packages/web/late.py : try:\\n    import extra\\nexcept ImportError:\\n    extra = None
      /usr/lib/python3/dist-packages/web/soft.py : def f():\\n    try:\\n        import colour\\n    except ImportError:\\n        import locale
      /usr/lib/python3/dist-packages/extra.py : x = 1
      /usr/lib/python3/dist-packages/colour.py : x = 1
    `,
    trace: ['read /usr/lib/python3/dist-packages/web/__init__.py', 'read /usr/lib/python3/dist-packages/web/soft.py'],
  });
  expect(kept).toEqual([
    '/usr/lib/python3.11/csv.py',
    '/usr/lib/python3.11/lib-dynload/_csv.cpython-311-x86_64-linux-gnu.so',
    '/usr/lib/python3.11/locale.py',
    '/usr/lib/python3/dist-packages/extra.py',
    '/usr/lib/python3/dist-packages/web/late.py',
  ]);
  expect(doubts).toEqual([
    '/usr/lib/python3/dist-packages/web/soft.py if colour',
    '/usr/lib/python3/dist-packages/web/__init__.py imports it for people who debug',
  ]);
});

test('what a loaded module would have imported then is not kept for it: it was not there or not wanted', async () => {
  const { kept } = await select({
    image: `
      /usr/lib/python3/dist-packages/web.py : try:\\n    import csv\\nexcept ImportError:\\n    pass
      /usr/lib/python3.11/shutil.py : def make():\\n    import tarfile
    `,
    trace: ['read /usr/lib/python3/dist-packages/web.py', 'read /usr/lib/python3.11/shutil.py'],
  });
  expect(kept).toEqual([]);
});

test('constants name modules and encodings, and C code has its own imports', async () => {
  const { because, doubts } = await select({
    image: `
      /srv/app.py : import_module("late"); import_module(x)\\nD = ["shop.audit.Audit"]\\nstrptime()\\n"".encode("windows-1252"), b"".decode("sjis")
      /srv/late.py : x = 1
      /srv/shop/audit.py : class Audit: pass
    `,
    trace: ['read /srv/app.py'],
  });
  expect(Object.fromEntries(because)).toMatchObject({
    '/srv/late.py': '/srv/app.py imports late',
    '/srv/shop/audit.py': '/srv/app.py names shop.audit.Audit in a string',
    '/usr/lib/python3.11/_strptime.py': '/srv/app.py uses strptime',
    '/usr/lib/python3.11/encodings/cp1252.py': '/srv/app.py names the encoding windows-1252',
    '/usr/lib/python3.11/encodings/shift_jis.py': '/srv/app.py names the encoding sjis',
  });
  expect(doubts).toEqual(['/srv/app.py makes up import_module(x)']);
});

test('tables of hundreds of kilobytes are kept for the application, and told when only a package names them', async () => {
  const { because, doubts } = await select({
    image: '/usr/lib/python3/dist-packages/lists.py : b"".decode("sjis")',
    trace: ['read /usr/lib/python3/dist-packages/lists.py'],
  });
  expect([...because.keys()]).not.toContain('/usr/lib/python3.11/encodings/shift_jis.py');
  expect(doubts).toEqual(['/usr/lib/python3/dist-packages/lists.py names the encoding sjis']);
});

test.each([
  ['PYTHONPATH', { env: ['PYTHONPATH=/opt/more:/opt/none'] }, '/opt/more/late.py'],
  ['a .pth file', {}, '/opt/linked/late.py'],
  ['a namespace package', {}, '/usr/lib/python3/dist-packages/space/part.py'],
])('%s is looked in', async (_, how, expected) => {
  const image = `
    /srv/app.py : def f():\\n    import late\\n    import space.part
    ${expected} : x = 1
    /usr/lib/python3/dist-packages/links.pth : # where\\n/opt/linked
  `;
  const { kept } = await select({
    image,
    trace: ['read /srv/app.py', 'read /usr/lib/python3/dist-packages/links.pth'],
    ...how,
  });
  expect(kept).toEqual([expected]);
});

test('an encoding of the environment is kept', async () => {
  const { kept } = await select({
    image: '/srv/app.py : x = 1',
    trace: ['read /srv/app.py'],
    env: ['PYTHONIOENCODING=cp1252:replace'],
  });
  expect(kept).toEqual(['/usr/lib/python3.11/encodings/cp1252.py']);
});

test('the source of a compiled module is kept', async () => {
  const { kept } = await select({
    image: '/srv/app.py : x = 1\n/srv/__pycache__/app.cpython-311.pyc',
    trace: ['read /srv/__pycache__/app.cpython-311.pyc'],
  });
  expect(kept).toEqual(['/srv/app.py']);
});

test('the time zone module reads what the interpreter was built with, by a name it puts together', async () => {
  const { because } = await select({
    image: `
      /srv/app.py : def f():\\n    from zoneinfo import ZoneInfo\\n    return ZoneInfo("Asia/Tokyo"), "Not/AZone"
      /usr/lib/python3.11/zoneinfo/__init__.py : from . import _tzpath
      /usr/lib/python3.11/zoneinfo/_tzpath.py : import os\\ndef g():\\n    import sysconfig
      /usr/lib/python3.11/sysconfig.py : import os
      /usr/lib/python3.11/_sysconfigdata__x86_64-linux-gnu.py : build_time_vars = {}
      /usr/share/zoneinfo/Asia/Tokyo
      /usr/share/zoneinfo/Asia/Seoul
    `,
    trace: ['read /srv/app.py'],
  });
  expect([...because.keys()]).toEqual(
    expect.arrayContaining([
      '/usr/lib/python3.11/_sysconfigdata__x86_64-linux-gnu.py',
      '/usr/lib/python3.11/sysconfig.py',
      '/usr/share/zoneinfo/Asia/Tokyo',
    ]),
  );
  expect([...because.keys()]).not.toContain('/usr/share/zoneinfo/Asia/Seoul');
});

test('modules of its own that a package names in strings, as Django does; what only a setting would choose is told', async () => {
  const { kept, doubts } = await select({
    image: `
      /usr/lib/python3/dist-packages/orm/__init__.py : COMPILER = "orm.sql.compiler"\\nLOADERS = ["orm.loaders.files.Loader"]\\nx = "other.module"
      /usr/lib/python3/dist-packages/orm/sql/__init__.py
      /usr/lib/python3/dist-packages/orm/sql/compiler.py : import csv
      /usr/lib/python3/dist-packages/orm/loaders/__init__.py
      /usr/lib/python3/dist-packages/orm/loaders/files.py
      /usr/lib/python3/dist-packages/other/__init__.py
      /usr/lib/python3/dist-packages/other/module.py
      /usr/lib/python3/dist-packages/gunicorn/__init__.py : x = "gunicorn.workers.gthread.ThreadWorker"
      /usr/lib/python3/dist-packages/gunicorn/workers/__init__.py
      /usr/lib/python3/dist-packages/gunicorn/workers/gthread.py
    `,
    trace: [
      'read /usr/lib/python3/dist-packages/orm/__init__.py',
      'read /usr/lib/python3/dist-packages/gunicorn/__init__.py',
    ],
  });
  const packages = '/usr/lib/python3/dist-packages';
  expect(kept.filter((path) => path.startsWith(packages)).sort()).toEqual([
    `${packages}/orm/loaders/__init__.py`,
    `${packages}/orm/loaders/files.py`,
    `${packages}/orm/sql/__init__.py`,
    `${packages}/orm/sql/compiler.py`,
  ]);
  expect(kept).toContain('/usr/lib/python3.11/csv.py');
  expect(doubts).toContain(`${packages}/gunicorn/__init__.py names gunicorn.workers.gthread.ThreadWorker in a string`);
});
