import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { type Granularity, parseGranularity } from '../../../src/selection/granularity.js';
import { selectFrom, smallImage } from '../small-image.js';

const debian = `
  /var/lib/dpkg/info/curl.list : /usr/bin/curl\\n/usr/bin/wcurl\\n/usr/share/doc/curl/copyright\\n/usr/share/man/man1/curl.1.gz
  /var/lib/dpkg/info/libfoo1.list : /usr/lib/libfoo.so.1\\n/usr/lib/foo/plugin.so\\n/etc/foo.conf\\n/var/lib/foo\\n/usr/share/locale/de/LC_MESSAGES/foo.mo\\n/usr/share/locale/fr/LC_MESSAGES/foo.mo
  /var/lib/dpkg/info/libbar1.list : /usr/lib/libbar.so.1\\n/usr/lib/libbar-extra.so
  /var/lib/dpkg/info/other.list : /usr/bin/other\\n/usr/lib/libother.so
  /usr/bin/curl 0755 elf needed=libfoo.so.1
  /usr/bin/wcurl 0755
  /usr/bin/other 0755
  /usr/share/doc/curl/copyright
  /usr/share/man/man1/curl.1.gz
  /usr/share/locale/de/LC_MESSAGES/foo.mo
  /usr/share/locale/fr/LC_MESSAGES/foo.mo
  /usr/lib/libfoo.so.1 elf
  /usr/lib/foo/plugin.so elf needed=libbar.so.1
  /usr/lib/libbar.so.1 elf
  /usr/lib/libbar-extra.so elf
  /usr/lib/libother.so elf
  /etc/foo.conf
  /var/lib/foo/
`;

async function keep(text: string, trace: string, granularity: string | readonly string[], env: string[] = []) {
  const without = new Set(['application']);
  const options = { granularity: parseGranularity([granularity].flat()), certificates: false, without };
  return await selectFrom(smallImage(text), { trace: [trace], options, env });
}

const keptBy = async (...args: Parameters<typeof keep>) => (await keep(...args)).kept;

describe('package', () => {
  it('keeps the packages of programs and of libraries they need whole, their directories too, and no documentation', async () => {
    expect(await keptBy(debian, 'exec /usr/bin/curl', 'package')).toEqual([
      '/etc/foo.conf',
      '/usr/bin/curl',
      '/usr/bin/wcurl',
      '/usr/lib/foo/plugin.so',
      '/usr/lib/libbar.so.1',
      '/usr/lib/libfoo.so.1',
      '/var/lib/foo',
    ]);
  });

  it('completes what it adds, and adds nothing for that: no avalanche', async () => {
    const { kept, selection } = await keep(debian, 'exec /usr/bin/curl', 'package');
    expect(kept).toContain('/usr/lib/libbar.so.1');
    expect(kept).not.toContain('/usr/lib/libbar-extra.so');
    expect(selection.get(asImagePath('/usr/lib/foo/plugin.so'))).toEqual([
      {
        kind: 'static',
        defence: 'granularity',
        because: 'is of package libfoo1, kept whole',
        parent: '/usr/lib/libfoo.so.1',
      },
    ]);
  });

  it('keeps messages in the languages that are set', async () => {
    const kept = await keptBy(debian, 'exec /usr/bin/curl', 'package', ['LANG=de_AT.UTF-8']);
    expect(kept).toContain('/usr/share/locale/de/LC_MESSAGES/foo.mo');
    expect(kept).not.toContain('/usr/share/locale/fr/LC_MESSAGES/foo.mo');
  });

  it('a file that is only looked at stands for nothing, and neither does configuration for its package', async () => {
    const looked = ['/usr/bin/curl', '/usr/lib/libfoo.so.1'];
    expect(await keptBy(debian, 'stat,access /usr/bin/curl', 'package')).toEqual(looked);
    expect(await keptBy(debian, 'read /etc/foo.conf', 'package')).toEqual(['/etc/foo.conf']);
  });

  it('an npm package: all but the packages inside it, those of a scope apart', async () => {
    const text = `
      /app/server.js
      /app/readme.txt
      /app/node_modules/@acme/one/package.json
      /app/node_modules/@acme/one/lib/index.js
      /app/node_modules/@acme/one/lib/package.json
      /app/node_modules/@acme/one/native/one.node
      /app/node_modules/@acme/one/node_modules/deep/package.json
      /app/node_modules/@acme/one/node_modules/deep/index.js
      /app/node_modules/@acme/two/package.json
    `;
    expect(await keptBy(text, '/app/node_modules/@acme/one/lib/index.js', 'package')).toEqual([
      '/app/node_modules/@acme/one/lib/index.js',
      '/app/node_modules/@acme/one/lib/package.json',
      '/app/node_modules/@acme/one/native',
      '/app/node_modules/@acme/one/native/one.node',
      '/app/node_modules/@acme/one/package.json',
    ]);
  });

  it('a Python distribution, by what was recorded when it was installed', async () => {
    const site = '/usr/local/lib/python3.11/site-packages';
    const text = `
      ${site}/acme/__init__.py
      ${site}/acme/data/table.json
      ${site}/acme/__pycache__/__init__.cpython-311.pyc
      ${site}/acme-1.0.dist-info/RECORD : acme/__init__.py,sha256=x,1\\n"acme/data/table.json",,\\n../../../bin/acme,,\\n../../../..,,\\n/etc/gone,,
      ${site}/acme-1.0.dist-info/METADATA
      ${site}/other/__init__.py
      ${site}/other-1.0.dist-info/RECORD : other/__init__.py,,
      /usr/local/bin/acme 0755 : #!/bin/none
      /usr/local/secret
    `;
    expect(await keptBy(text, `${site}/acme/__init__.py`, 'package')).toEqual([
      '/usr/local/bin/acme',
      `${site}/acme-1.0.dist-info/METADATA`,
      `${site}/acme-1.0.dist-info/RECORD`,
      `${site}/acme/__init__.py`,
      `${site}/acme/data/table.json`,
    ]);
  });

  it('a Python distribution of old: top_level.txt', async () => {
    const site = '/opt/venv/lib/python3.6/site-packages';
    const text = `
      ${site}/acme/core.py
      ${site}/acme/sub/more.py
      ${site}/_acme.cpython-36m.so
      ${site}/other.py
      ${site}/acme.egg-info/top_level.txt : acme\\n_acme
    `;
    expect(await keptBy(text, `${site}/acme/core.py`, 'package')).toEqual([
      `${site}/_acme.cpython-36m.so`,
      `${site}/acme.egg-info/top_level.txt`,
      `${site}/acme/core.py`,
      `${site}/acme/sub`,
      `${site}/acme/sub/more.py`,
    ]);
  });

  it('a Python distribution of old: installed-files.txt, relative to itself', async () => {
    const site = '/opt/venv/lib/python3.6/site-packages';
    const text = `
      ${site}/acme.py
      ${site}/other.py
      ${site}/acme-1.egg-info/installed-files.txt : ../acme.py\\n../../../../share/acme.txt\\nPKG-INFO
      ${site}/acme-1.egg-info/PKG-INFO
      /opt/venv/share/acme.txt
    `;
    const kept = await keptBy(text, `${site}/acme.py`, ['package', `${site}/other.py=file`]);
    expect(kept).toContain('/opt/venv/share/acme.txt');
    expect(kept).toContain(`${site}/acme-1.egg-info/PKG-INFO`);
    expect(kept).not.toContain(`${site}/other.py`);
  });

  it('a gem, with its specification and what was compiled for it', async () => {
    const home = '/var/lib/gems/3.1.0';
    const text = `
      ${home}/gems/acme-1.0/lib/acme.rb
      ${home}/gems/acme-1.0/data/x
      ${home}/gems/other-1.0/lib/other.rb
      ${home}/specifications/acme-1.0.gemspec
      ${home}/specifications/other-1.0.gemspec
      ${home}/extensions/x86_64-linux/3.1.0/acme-1.0/acme.so
    `;
    expect(await keptBy(text, `${home}/gems/acme-1.0/lib/acme.rb`, 'package')).toEqual([
      `${home}/extensions/x86_64-linux/3.1.0/acme-1.0/acme.so`,
      `${home}/gems/acme-1.0/data`,
      `${home}/gems/acme-1.0/data/x`,
      `${home}/gems/acme-1.0/lib/acme.rb`,
      `${home}/specifications/acme-1.0.gemspec`,
    ]);
  });
});

describe('directory', () => {
  it('keeps the files and links beside a file, not what is below', async () => {
    const text = `
      /srv/app/main.rb
      /srv/app/lazy.rb
      /srv/app/current -> ../data/one
      /srv/app/sub/deep.rb
      /srv/data/one
      /srv/data/two
    `;
    const { kept, selection } = await keep(text, '/srv/app/main.rb', 'directory');
    expect(kept).toEqual(['/srv/app/current', '/srv/app/lazy.rb', '/srv/app/main.rb', '/srv/data/one']);
    expect(selection.get(asImagePath('/srv/app/lazy.rb'))).toEqual([
      { kind: 'static', defence: 'granularity', because: 'stands in the same directory', parent: '/srv/app/main.rb' },
    ]);
  });

  it('of a directory that packages share, what is of the same package', async () => {
    expect(await keptBy(debian, 'exec /usr/bin/curl', 'directory')).toEqual([
      '/usr/bin/curl',
      '/usr/bin/wcurl',
      '/usr/lib/libfoo.so.1',
    ]);
  });

  it('of a directory that every system shares, nothing for a file of no package', async () => {
    const text = '/usr/local/bin/one 0755\n/usr/local/bin/two 0755\n/entrypoint\n/leftover.tar\n/mnt/a\n/mnt/b';
    for (const path of ['/usr/local/bin/one', '/entrypoint', '/mnt/a'])
      expect(await keptBy(text, path, 'directory')).toEqual([path]);
  });

  it('a compiled Python module stands for its source, which nothing reads', async () => {
    const text = `
      /srv/app/__pycache__/one.cpython-311.pyc
      /srv/app/__pycache__/two.cpython-311.pyc
      /srv/app/one.py
      /srv/app/two.py
    `;
    expect(await keptBy(text, '/srv/app/__pycache__/one.cpython-311.pyc', 'directory')).toEqual([
      '/srv/app/__pycache__/one.cpython-311.pyc',
      '/srv/app/__pycache__/two.cpython-311.pyc',
      '/srv/app/one.py',
      '/srv/app/two.py',
    ]);
  });
});

describe('overrides', () => {
  const text = '/srv/a/one\n/srv/a/two\n/srv/a/secret\n/srv/b/one\n/srv/b/two';

  it('speak for a directory and all below it, the last that matches counting', async () => {
    expect(await keptBy(text, '/srv/a/one', ['/srv/a=directory'])).toContain('/srv/a/two');
    expect(await keptBy(text, '/srv/b/one', ['/srv/a=directory'])).toEqual(['/srv/b/one']);
    expect(await keptBy(text, '/srv/a/one', ['/srv/**=directory', '/srv/a/*=file'])).toEqual(['/srv/a/one']);
    expect(await keptBy(text, '/srv/a/one', ['/srv/a/*=file', '/srv/**=directory'])).toContain('/srv/a/two');
  });

  it('file: such a path is no company of others either', async () => {
    expect(await keptBy(text, '/srv/a/one', ['directory', '/srv/a/secret=file'])).toEqual(['/srv/a/one', '/srv/a/two']);
  });

  it('a pattern that matches nothing is told', async () => {
    const { notes } = await keep(text, '/srv/a/one', ['/gone/**=package']);
    expect(notes).toEqual([{ kind: 'pattern-matches-nothing', option: 'granularity', pattern: '/gone/**' }]);
  });

  it('what is excluded is not said to break the file it would have come with', async () => {
    const options = { granularity: parseGranularity(['directory']), exclude: ['/srv/a/two'], certificates: false };
    const { kept, notes } = await selectFrom(smallImage(text), { trace: ['/srv/a/one'], options });
    expect(kept).toEqual(['/srv/a/one', '/srv/a/secret']);
    expect(notes).toEqual([]);
  });

  it('the defence can be left out', async () => {
    const options = {
      granularity: { default: 'package' as Granularity, overrides: [] },
      without: new Set(['granularity']),
      certificates: false,
    };
    expect((await selectFrom(smallImage(text), { trace: ['/srv/a/one'], options })).kept).toEqual(['/srv/a/one']);
  });
});
