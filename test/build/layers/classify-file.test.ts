import { describe, expect, test } from 'vitest';
import { type DividedCase, divide, kindsOf } from './layer-cases.js';

/** Which layer each of some files goes into; `kind path (package)`. */
function expectKinds(lines: string, about: Partial<DividedCase> = {}): void {
  const rows = lines.trim().split('\n');
  const parsed = rows.map((row) => /^\s*(\S+) +(\S+?)(?: -> (\S+))?(?: \((\S+)\))?$/.exec(row) ?? []);
  const entries = Object.fromEntries(
    parsed.map(([, , path, link]) => [path ?? '', link === undefined ? {} : { linkTarget: link }]),
  );
  const owned = parsed.flatMap(([, , path, , owner]) => (owner === undefined ? [] : [[path, owner]]));
  const layers = divide({ owners: Object.fromEntries(owned), ...about, entries: { ...entries, ...about.entries } });
  const expected = Object.fromEntries(parsed.map(([, kind, path]) => [path ?? '', kind ?? '']));
  expect(kindsOf(layers)).toMatchObject(expected);
}

describe('which layer a file belongs to', () => {
  test('Node.js from Debian’s packages, the application in its working directory', () => {
    expectKinds(
      `
      os            /usr/lib/x86_64-linux-gnu/libc.so.6 (libc6)
      os            /etc/ssl/certs/ca-certificates.crt
      os            /etc/alternatives/awk -> /usr/bin/mawk
      os            /lib64 -> usr/lib64
      os            /var/lib/dpkg/status.d/libc6
      os            /usr/lib/locale/locale-archive
      os            /usr/lib/locale/C.utf8/LC_CTYPE (libc-bin)
      runtime       /usr/bin/node (nodejs)
      runtime       /usr/lib/x86_64-linux-gnu/libnode.so.108 (libnode108)
      dependencies  /app/node_modules/express/index.js
      dependencies  /app/node_modules/own -> ../packages/own
      application   /app/packages/own/index.js
      application   /app/server.js
      application   /etc/passwd
      application   /usr/local/bin/docker-entrypoint.sh`,
      { config: { WorkingDir: '/app' } },
    );
  });

  test('Node.js as the official image has it, owned by nobody', () => {
    expectKinds(`
      os            /usr/lib/x86_64-linux-gnu/libc.so.6 (libc6)
      runtime       /usr/local/bin/node
      runtime       /usr/local/lib/node_modules/npm/index.js
      dependencies  /usr/local/lib/node_modules/pm2/index.js
      application   /usr/src/app/index.js
      dependencies  /usr/src/app/node_modules/a/node_modules/b/index.js
      dependencies  /usr/src/app/.yarn/cache/a.zip
      dependencies  /usr/src/app/node_modules/.pnpm/a@1/node_modules/a/index.js
      application   /usr/src/app/node_modules/.pnpm/client@1/node_modules/.prisma/client/index.js
      application   /usr/src/app/node_modules/.prisma/client/schema.prisma`);
  });

  test('Python: standard library, a virtual environment, and what was installed from the application’s source', () => {
    expectKinds(
      `
      runtime       /usr/bin/python3.11 (python3.11-minimal)
      runtime       /usr/lib/python3/dist-packages/flask/app.py (python3-flask)
      runtime       /usr/lib/python3/dist-packages/flask/__pycache__/app.cpython-311.pyc
      runtime       /usr/local/lib/python3.12/os.py
      runtime       /usr/local/lib/libpython3.12.so.1.0
      runtime       /opt/venv/bin/python3 -> /usr/bin/python3
      dependencies  /usr/local/lib/python3.12/site-packages/flask/app.py
      dependencies  /opt/venv/lib/python3.11/site-packages/flask/app.py
      application   /opt/venv/lib/python3.11/site-packages/my_shop/views.py
      application   /opt/venv/lib/python3.11/site-packages/My_Shop-1.0.dist-info/METADATA
      application   /srv/shop/server.py`,
      {
        entries: { '/opt/venv/lib/python3.11/site-packages/My_Shop-1.0.dist-info/direct_url.json': {} },
        config: { WorkingDir: '/srv' },
      },
    );
  });

  test('Ruby, PHP and Perl', () => {
    expectKinds(`
      runtime       /usr/local/bin/ruby
      runtime       /usr/local/lib/ruby/3.2.0/json.rb
      runtime       /usr/bin/perl (perl-base)
      runtime       /usr/sbin/php-fpm8.2 (php8.2-fpm)
      dependencies  /usr/local/bundle/gems/rack-3.0/lib/rack.rb
      dependencies  /usr/local/lib/ruby/gems/3.2.0/gems/rack-3.0/lib/rack.rb
      dependencies  /rails/vendor/bundle/ruby/3.2.0/gems/rack/rack.rb
      dependencies  /var/lib/gems/3.1.0/gems/rack/rack.rb
      application   /rails/app/models/vendor/order.rb
      application   /var/www/shop/vendor/autoload.php
      dependencies  /var/www/shop/vendor/composer/semver/src/Semver.php
      dependencies  /var/www/shop/vendor/symfony/http/Kernel.php
      application   /var/www/shop/vendor/composer/installed.php
      application   /var/www/shop/src/Kernel.php
      dependencies  /usr/local/share/perl/5.36.0/Mojo.pm`);
  });

  test('Java: a package’s, a runtime image of one’s own, libraries, and the application’s own jars', () => {
    expectKinds(
      `
      runtime       /usr/lib/jvm/java-17-openjdk-amd64/lib/modules (openjdk-17-jre-headless)
      runtime       /opt/java/openjdk/bin/java
      runtime       /small/lib/server/libjvm.so
      runtime       /small/conf/security/java.security
      dependencies  /app/lib/guava-33.jar
      dependencies  /app/BOOT-INF/lib/spring.jar
      application   /app/lib/core-1.0-SNAPSHOT.jar
      application   /app/lib/shop.jar
      application   /app/shop-all.jar
      application   /app/classes/Main.class`,
      { config: { WorkingDir: '/app', Cmd: ['java', '-jar', 'lib/shop.jar'] } },
    );
  });

  test('a program of one’s own is the application, wherever it stands', () => {
    expectKinds(
      `
      application   /server
      application   /app/server
      application   /usr/bin/shop
      application   /usr/local/bin/shop-worker
      application   /usr/share/shop/views/index.html
      application   /usr/lib/shop/plugin.so
      os            /usr/share/zoneinfo/UTC (tzdata)
      os            /usr/bin/tini`,
      { config: { Entrypoint: ['tini', '--', 'shop'], Env: ['PATH=/usr/bin'] } },
    );
  });

  test('without a package database only the command’s own program in /usr/bin is told from the system’s', () => {
    expectKinds(
      `
      application   /usr/bin/shop
      os            /usr/bin/env
      os            /lib/ld-musl-x86_64.so.1
      application   /etc/passwd`,
      { owners: undefined, config: { Cmd: ['shop'], Env: ['PATH=/bin:/usr/bin'] } } as never,
    );
  });

  test('configuration and pages that were written over a package’s own are the application', () => {
    const at = (seconds: number) => ({ mtime: { seconds, nanoseconds: 0 } });
    const owners = {
      '/usr/sbin/nginx': 'nginx',
      '/etc/nginx/nginx.conf': 'nginx',
      '/etc/nginx/mime.types': 'nginx',
      '/usr/share/nginx/html/index.html': 'nginx',
      '/etc/only/configuration': 'only-configuration',
    };
    const layers = divide({
      owners,
      entries: {
        '/usr/sbin/nginx': at(100),
        '/etc/nginx/nginx.conf': at(900),
        '/etc/nginx/mime.types': at(90),
        '/etc/nginx/conf.d/shop.conf': at(50),
        '/usr/share/nginx/html/index.html': at(900),
        '/usr/share/nginx/html/style.css': at(50),
        '/etc/only/configuration': at(900),
      },
    });
    expect(kindsOf(layers)).toEqual({
      '/usr/sbin/nginx': 'os',
      '/etc/nginx/nginx.conf': 'application',
      '/etc/nginx/mime.types': 'os',
      '/etc/nginx/conf.d/shop.conf': 'application',
      '/usr/share/nginx/html/index.html': 'application',
      '/usr/share/nginx/html/style.css': 'application',
      '/etc/only/configuration': 'os',
    });
  });

  test('twenty thousand paths made to look like runtimes and vendors are sorted at once', () => {
    const entries = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`/v/vendor/j${at}/lib/server/libjvm.so`, {}]),
    );
    expect(divide({ entries }).map(({ kind }) => kind)).toEqual(['runtime', 'application']);
  });
});
