import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

/** What is kept of an image for `configuration`, one line per file; `traced` was read by the run. */
async function namedIn(text: string, ...traced: readonly string[]) {
  const { selection } = await selectFrom(smallImage(text), { trace: traced });
  return [...selection].flatMap(([path, reasons]) => {
    const isNamed = reasons.some((reason) => reason.kind === 'static' && reason.defence === 'configuration');
    return isNamed && !text.includes(`${path}/`) ? [path] : [];
  });
}

describe('configuration', () => {
  it('nginx: includes, modules, certificates, as they are found from the main file', async () => {
    const image = smallImage(`
      /etc/nginx/nginx.conf : load_module modules/a.so;\\nhttp { include sites/*;\\n # include no.conf;\\n include "mime.types"; }
      /etc/nginx/mime.types : types { text/html html; }
      /etc/nginx/no.conf : x
      /etc/nginx/sites/one -> ../available/one
      /etc/nginx/available/one : server { ssl_certificate /etc/tls/one.pem; include snippets/tls.conf; root /srv/www; }
      /etc/nginx/snippets/tls.conf : ssl_dhparam tls/dh.pem;
      /etc/nginx/tls/dh.pem : d
      /etc/tls/one.pem : c
      /srv/www/index.html : x
      /usr/share/nginx/modules -> ../../lib/nginx/modules
      /usr/lib/nginx/modules/a.so : m
    `);
    const { selection, kept } = await selectFrom(image, { trace: ['read /etc/nginx/nginx.conf'] });
    expect(kept).toEqual([
      '/etc/nginx/available/one',
      '/etc/nginx/mime.types',
      '/etc/nginx/nginx.conf',
      '/etc/nginx/sites',
      '/etc/nginx/sites/one',
      '/etc/nginx/snippets/tls.conf',
      '/etc/nginx/tls/dh.pem',
      '/etc/tls/one.pem',
      '/srv/www',
      '/srv/www/index.html',
      '/usr/lib/nginx/modules/a.so',
      '/usr/share/nginx/modules',
    ]);
    expect(selection.get(asImagePath('/etc/tls/one.pem'))).toEqual([
      {
        kind: 'static',
        defence: 'configuration',
        because: 'names it in ssl_certificate',
        parent: '/etc/nginx/available/one',
      },
    ]);
    const options = { without: new Set(['configuration']) };
    const without = await selectFrom(image, { trace: ['read /etc/nginx/nginx.conf'], options });
    expect(without.kept).toEqual(['/etc/nginx/nginx.conf']);
  });

  it('what is served is kept whole, but neither the system nor what is too much', async () => {
    const many = Array.from({ length: 5001 }, (_, at) => `/srv/many/${at}`).join('\n');
    const image = smallImage(`
      /etc/nginx/nginx.conf : server { root /srv/www; location / { alias /srv/link/; } location /x { root /etc; } location /y { root /srv/many; } }
      /srv/www/late/chunk.js
      /srv/www/late/chunk.js.map
      /srv/link -> real
      /srv/real/page.html
      /etc/secret
      ${many}
    `);
    const { kept, doubts } = await selectFrom(image, { trace: ['read /etc/nginx/nginx.conf'] });
    expect(kept).toEqual(expect.arrayContaining(['/srv/www/late/chunk.js', '/srv/link', '/srv/real/page.html']));
    expect(kept).not.toContain('/srv/www/late/chunk.js.map');
    expect(kept).not.toContain('/etc/secret');
    expect(kept).not.toContain('/srv/many/1');
    expect(doubts).toMatchObject([{ doubt: 'left-out', target: '/srv/many' }]);
  });

  it('Apache: whole directories, what a define guards, and names relative to ServerRoot', async () => {
    const text = `
      /etc/httpd/conf/httpd.conf : Include conf.d\\nIncludeOptional none/*.conf\\n<IfDefine X>\\nLoadModule a_module \\\\\\n  modules/a.so\\n</IfDefine>
      /etc/httpd/conf.d/one.conf : TypesConfig "/etc/mime.types"
      /etc/httpd/conf.d/deep/two.conf : # Include conf.d/../no.conf
      /etc/httpd/no.conf : x
      /etc/httpd/modules -> ../../usr/lib64/httpd/modules
      /usr/lib64/httpd/modules/a.so : m
      /usr/lib64/httpd/modules/b.so : m
      /etc/mime.types : t`;
    expect(await namedIn(text, 'read /etc/httpd/conf/httpd.conf')).toEqual([
      '/etc/httpd/conf.d/deep/two.conf',
      '/etc/httpd/conf.d/one.conf',
      '/etc/mime.types',
      '/usr/lib64/httpd/modules/a.so',
    ]);
    const { kept } = await selectFrom(smallImage(text), { trace: ['read /etc/httpd/conf/httpd.conf'] });
    expect(kept).toContain('/etc/httpd/modules');
  });

  it('PAM: modules, included services, `other`, and what the modules read once they are asked', async () => {
    const text = `
      /lib -> usr/lib
      /etc/pam.d/su : auth sufficient pam_rootok.so\\n@include common-auth\\n-session [success=1 default=ignore] pam_none.so
      /etc/pam.d/common-auth : auth [success=1 default=ignore] pam_unix.so nullok
      /etc/pam.d/other : auth required pam_deny.so
      /etc/pam.d/login : auth required pam_time.so
      /etc/shadow : x
      /etc/login.defs : x
      /usr/sbin/unix_chkpwd 2755 : x
      /usr/lib/x/security/pam_rootok.so : m
      /usr/lib/x/security/pam_unix.so : m
      /usr/lib/x/security/pam_deny.so : m
      /usr/lib/x/security/pam_time.so : m`;
    expect(await namedIn(text, 'read /etc/pam.d/su')).toEqual([
      '/etc/login.defs',
      '/etc/pam.d/common-auth',
      '/etc/pam.d/other',
      '/etc/shadow',
      '/usr/lib/x/security/pam_deny.so',
      '/usr/lib/x/security/pam_rootok.so',
      '/usr/lib/x/security/pam_unix.so',
      '/usr/sbin/unix_chkpwd',
    ]);
  });

  it.each([
    [
      'redis',
      '/etc/redis/redis.conf',
      'include extra.conf\\nloadmodule /opt/m.so x',
      ['/etc/redis/extra.conf', '/opt/m.so'],
    ],
    ['sshd', '/etc/ssh/sshd_config', 'Include d/*.conf\\nSubsystem sftp /opt/sftp', ['/etc/ssh/d/a.conf', '/opt/sftp']],
    [
      'postgres',
      '/data/postgresql.conf',
      "include_dir = 'd' # x\\nshared_preload_libraries = 'a, b'",
      ['/data/d/a.conf', '/usr/lib/postgresql/15/lib/a.so'],
    ],
    [
      'mysql',
      '/etc/mysql/my.cnf',
      '!includedir /etc/mysql/d/\\nplugin-load-add = a=a.so',
      ['/etc/mysql/d/a.conf', '/usr/lib/mysql/plugin/a.so'],
    ],
    [
      'supervisor',
      '/etc/supervisord.conf',
      '[include]\\nfiles = d/*.conf\\n[program:x]\\ncommand=app -c /opt/m.so',
      ['/etc/d/a.conf', '/opt/m.so', '/usr/bin/app'],
    ],
    [
      'php',
      '/etc/php/8.2/cli/php.ini',
      'extension=a.so\\nzend_extension=b ; x\\n;extension=c',
      ['/usr/lib/php/20220829/a.so', '/usr/lib/php/20220829/b.so'],
    ],
    [
      'openssl',
      '/etc/ssl/openssl.cnf',
      '[provider_sect]\\nlegacy = legacy_sect\\n.include d',
      ['/etc/ssl/d/a.conf', '/usr/lib/x/ossl-modules/legacy.so'],
    ],
    ['git', '/etc/gitconfig', '[include]\\n  path = d/a.conf', ['/etc/d/a.conf']],
  ])('%s: what its files name', async (_, file, text, named) => {
    const directory = file.slice(0, file.lastIndexOf('/'));
    const image = `
      ${file} : ${text}
      ${directory}/extra.conf : x
      ${directory}/d/a.conf : x
      /opt/m.so : m
      /opt/sftp 0755 : s
      /usr/bin/app 0755 : a
      /usr/lib/postgresql/15/lib/a.so : m
      /usr/lib/mysql/plugin/a.so : m
      /usr/lib/php/20220829/a.so : m
      /usr/lib/php/20220829/b.so : m
      /usr/lib/php/20220829/c.so : m
      /usr/lib/x/ossl-modules/legacy.so : m`;
    expect((await namedIn(image, `read ${file}`)).filter((path) => path !== `${directory}/d`)).toEqual(named);
  });

  it('a file that was only looked at, or that is no configuration, says nothing', async () => {
    const text = '/etc/nginx/nginx.conf : include /etc/x;\n/etc/x : x\n/srv/page.html : include /etc/x;';
    expect(await namedIn(text, 'stat /etc/nginx/nginx.conf', 'read /srv/page.html')).toEqual([]);
  });

  it('hostile configuration ends: patterns of everything, files that include one another, giants', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `include ${'*/'.repeat(index % 40)}{a,b}**${index};`);
    const text = `
      /etc/nginx/nginx.conf : include conf.d/*.conf; ${lines.join('')} include "
      /etc/nginx/conf.d/a.conf : include conf.d/*.conf; include nginx.conf;
      /etc/nginx/conf.d/b.conf : include conf.d/*.conf; include ${'x'.repeat(9000)};`;
    expect(await namedIn(text, 'read /etc/nginx/nginx.conf')).toEqual([
      '/etc/nginx/conf.d/a.conf',
      '/etc/nginx/conf.d/b.conf',
      '/etc/nginx/nginx.conf',
    ]);
  });
});
