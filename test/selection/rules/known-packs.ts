/** What shows a pack at work: an image, what a run shows of it, and what the pack alone keeps then. */
export interface PackCase {
  readonly image: string;
  readonly trace: readonly string[];
  readonly env?: readonly string[];
  readonly command?: readonly string[];
  readonly keeps: readonly string[];
  /** Told as left out. */
  readonly leaves?: readonly string[];
}

const lib = '/usr/lib/x86_64-linux-gnu';
const object = (imports: string): string => `/usr/bin/app elf imports=${imports}`;
const kept = (image: string, first: string, ...rest: readonly string[]): PackCase => ({
  image: [first, image, ...rest].join('\n'),
  trace: [`read ${first.split(' ')[0]}`],
  keeps: rest.map((line) => (line.split(' ')[0] ?? '').replace(/\/$/, '')),
});

/** By the name of the pack; paths as Debian 12, or the software's own images, have them. */
export const knownPacks: Readonly<Record<string, PackCase>> = {
  gconv: {
    image: `${object('iconv_open')}\n${lib}/gconv/SJIS.so elf\n${lib}/gconv/gconv-modules.cache : x\n/usr/lib64/gconv/SJIS.so elf`,
    trace: ['exec /usr/bin/app'],
    keeps: [
      `${lib}/gconv`,
      `${lib}/gconv/SJIS.so`,
      `${lib}/gconv/gconv-modules.cache`,
      '/usr/lib64/gconv',
      '/usr/lib64/gconv/SJIS.so',
    ],
  },
  'gconv-of-locale': {
    image: `/usr/bin/app : x\n${lib}/gconv/EUC-JP.so elf`,
    trace: ['exec /usr/bin/app'],
    env: ['LANG=ja_JP.EUC-JP'],
    keeps: [`${lib}/gconv`, `${lib}/gconv/EUC-JP.so`],
  },
  'libgcc-unwind': {
    image: `${object('pthread_exit')}\n${lib}/libc.so.6 elf\n${lib}/libgcc_s.so.1 elf`,
    trace: ['exec /usr/bin/app', `read ${lib}/libc.so.6`],
    keeps: [`${lib}/libgcc_s.so.1`],
  },
  'openssl-configuration': kept('', `${lib}/libcrypto.so.3 elf`, '/etc/ssl/openssl.cnf : x'),
  'openssl-providers': {
    image: `${object('OSSL_PROVIDER_load')}\n${lib}/ossl-modules/legacy.so elf`,
    trace: ['exec /usr/bin/app'],
    keeps: [`${lib}/ossl-modules`, `${lib}/ossl-modules/legacy.so`],
  },
  'openssl-configured': {
    image: `/etc/ssl/openssl.cnf : [provider_sect]\\nlegacy = legacy_sect\n${lib}/ossl-modules/legacy.so elf\n${lib}/engines-3/afalg.so elf`,
    trace: ['read /etc/ssl/openssl.cnf'],
    keeps: [`${lib}/engines-3`, `${lib}/engines-3/afalg.so`, `${lib}/ossl-modules`, `${lib}/ossl-modules/legacy.so`],
  },
  'openssl-command': kept('', '/usr/bin/openssl elf', `${lib}/engines-3/`, `${lib}/engines-3/afalg.so elf`),
  'node-openssl-legacy': {
    image: `/usr/bin/node elf\n${lib}/ossl-modules/legacy.so elf`,
    trace: ['exec /usr/bin/node'],
    env: ['NODE_OPTIONS=--max-old-space-size=64 --openssl-legacy-provider'],
    keeps: [`${lib}/ossl-modules`, `${lib}/ossl-modules/legacy.so`],
  },
  'node-openssl-legacy-argument': {
    image: `/usr/bin/node elf\n${lib}/ossl-modules/legacy.so elf`,
    trace: ['exec /usr/bin/node'],
    command: ['node', '--openssl-legacy-provider', 'server.js'],
    keeps: [`${lib}/ossl-modules`, `${lib}/ossl-modules/legacy.so`],
  },
  'node-openssl-legacy-unused': {
    image: `/usr/bin/node elf imports=OSSL_PROVIDER_load\n${lib}/ossl-modules/legacy.so elf`,
    trace: ['exec /usr/bin/node'],
    keeps: [],
    leaves: [`${lib}/ossl-modules/legacy.so`],
  },
  locale: {
    image: `${object('setlocale')}\n/usr/lib/locale/de_DE.utf8/LC_TIME : x\n/usr/lib/locale/fr_FR.utf8/LC_TIME : x\n/usr/lib/locale/locale-archive : x`,
    trace: ['exec /usr/bin/app'],
    env: ['LANG=de_DE.UTF-8'],
    keeps: ['/usr/lib/locale/de_DE.utf8', '/usr/lib/locale/de_DE.utf8/LC_TIME', '/usr/lib/locale/locale-archive'],
  },
  'locale-musl': {
    image: '/app : x\n/opt/locales/de_DE : x',
    trace: ['/app'],
    env: ['MUSL_LOCPATH=/opt/locales'],
    keeps: ['/opt/locales', '/opt/locales/de_DE'],
  },
  'locale-c-utf8': {
    image: '/usr/lib/locale/C.utf8/LC_CTYPE : x\n/usr/lib/locale/C.utf8/LC_TIME : x',
    trace: ['/usr/lib/locale/C.utf8/LC_CTYPE'],
    keeps: ['/usr/lib/locale/C.utf8', '/usr/lib/locale/C.utf8/LC_CTYPE', '/usr/lib/locale/C.utf8/LC_TIME'],
  },
  translations: {
    image: ['de/LC_MESSAGES/sed', 'de/LC_MESSAGES/gcc', 'fr/LC_MESSAGES/sed']
      .map((name) => `/usr/share/locale/${name}.mo : x`)
      .concat('/usr/bin/sed elf')
      .join('\n'),
    trace: ['exec /usr/bin/sed'],
    env: ['LANG=de_AT.UTF-8'],
    keeps: ['/usr/share/locale/de/LC_MESSAGES/sed.mo'],
  },
  'time-zone': {
    image:
      '/app : x\n/usr/share/zoneinfo/Asia/Tokyo : x\n/usr/share/zoneinfo/Asia/Seoul : x\n/usr/share/zoneinfo/posixrules : x',
    trace: ['/app'],
    env: ['TZ=:Asia/Tokyo'],
    keeps: ['/usr/share/zoneinfo/Asia/Tokyo', '/usr/share/zoneinfo/posixrules'],
  },
  'local-time': {
    image: `${object('localtime_r')}\n/etc/localtime -> /usr/share/zoneinfo/UTC\n/usr/share/zoneinfo/UTC : x`,
    trace: ['exec /usr/bin/app'],
    keeps: ['/usr/share/zoneinfo/UTC'],
  },
  'time-zones': {
    image: ['Asia/Tokyo', 'Asia/Seoul', 'right/Asia/Seoul'].map((zone) => `/usr/share/zoneinfo/${zone} : x`).join('\n'),
    trace: ['/usr/share/zoneinfo/Asia/Tokyo'],
    keeps: ['', '/Asia', '/Asia/Seoul', '/Asia/Tokyo'].map((path) => `/usr/share/zoneinfo${path}`),
  },
  'time-zones-beside-own': {
    image: ['Asia/Tokyo', 'Asia/Seoul', 'Europe/Rome'].map((zone) => `/usr/share/zoneinfo/${zone} : x`).join('\n'),
    trace: ['/usr/share/zoneinfo/Asia/Tokyo', '/usr/share/zoneinfo/Europe/Rome'],
    env: ['TZ=Asia/Tokyo'],
    keeps: ['', '/Asia', '/Asia/Seoul', '/Asia/Tokyo', '/Europe', '/Europe/Rome'].map(
      (path) => `/usr/share/zoneinfo${path}`,
    ),
  },
  terminfo: {
    image: `${object('tgetent')}\n/lib/terminfo/x/xterm-256color : x\n/lib/terminfo/s/sun : x\n/usr/share/terminfo/t/tmux : x`,
    trace: ['exec /usr/bin/app'],
    keeps: ['/lib/terminfo/x/xterm-256color', '/usr/share/terminfo/t/tmux'],
  },
  pam: {
    image:
      '/usr/bin/su elf imports=pam_start\n/etc/pam.d/su : x\n/etc/pam.d/su-l : x\n/etc/pam.d/common-auth : x\n/etc/pam.d/cron : x\n/etc/security/limits.conf : x',
    trace: ['exec /usr/bin/su'],
    keeps: ['/etc/pam.d/common-auth', '/etc/pam.d/su', '/etc/pam.d/su-l', '/etc/security/limits.conf'],
  },
  'pam-unix': kept('', `${lib}/security/pam_unix.so elf`, '/usr/sbin/unix_chkpwd elf'),
  sudo: kept('', '/usr/bin/sudo elf', '/etc/sudoers : x', '/usr/libexec/sudo/', '/usr/libexec/sudo/sudoers.so elf'),
  'openssh-client': kept('', '/usr/bin/scp elf', '/etc/ssh/ssh_config : x', '/usr/bin/ssh elf'),
  'openssh-server': kept('', '/usr/sbin/sshd elf', '/usr/lib/openssh/sftp-server elf'),
  git: kept(
    '/usr/lib/git-core/git-daemon elf\n/usr/lib/git-core/git-svn : x',
    '/usr/bin/git elf',
    '/usr/lib/git-core/',
    '/usr/lib/git-core/git-remote-http elf',
    '/usr/share/git-core/',
    '/usr/share/git-core/templates/',
    '/usr/share/git-core/templates/description : x',
  ),
  imagemagick: kept(
    `${lib}/ImageMagick-6.9.11/modules-Q16/coders/heic.so elf\n${lib}/ImageMagick-6.9.11/bin-q16/Magick-config : x`,
    `${lib}/libMagickCore-6.Q16.so.6 elf`,
    '/etc/ImageMagick-6/',
    '/etc/ImageMagick-6/policy.xml : x',
    `${lib}/ImageMagick-6.9.11/modules-Q16/`,
    `${lib}/ImageMagick-6.9.11/modules-Q16/coders/`,
    `${lib}/ImageMagick-6.9.11/modules-Q16/coders/gif.so elf`,
  ),
  'imagemagick-fonts': {
    image: `${lib}/libMagickCore-6.Q16.so.6\n/etc/fonts/fonts.conf\n/usr/share/fontconfig/conf.avail/10-x.conf\n/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf\n/usr/share/fonts/type1/urw-base35/NimbusSans-Bold.t1\n/usr/share/fonts/type1/urw-base35/P052-Bold.t1`,
    trace: [`read ${lib}/libMagickCore-6.Q16.so.6`],
    keeps: [
      '/etc/fonts',
      '/etc/fonts/fonts.conf',
      '/usr/share/fontconfig',
      '/usr/share/fontconfig/conf.avail',
      '/usr/share/fontconfig/conf.avail/10-x.conf',
      '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
      '/usr/share/fonts/type1/urw-base35/NimbusSans-Bold.t1',
    ],
  },
  'imagemagick-heavy': {
    ...kept(`${lib}/ImageMagick-6.9.11/modules-Q16/coders/heic.so elf`, `${lib}/libMagickCore-6.Q16.so.6 elf`),
    leaves: [`${lib}/ImageMagick-6.9.11/modules-Q16/coders/heic.so`],
  },
  'gdk-pixbuf': kept(
    '',
    `${lib}/libgdk_pixbuf-2.0.so.0 elf`,
    `${lib}/gdk-pixbuf-2.0/2.10.0/loaders.cache : x`,
    `${lib}/gdk-pixbuf-2.0/2.10.0/loaders/`,
    `${lib}/gdk-pixbuf-2.0/2.10.0/loaders/libpixbufloader-svg.so elf`,
  ),
  'gio-modules': {
    image: `${lib}/libgio-2.0.so.0 elf\n${lib}/gio/modules/libdconf.so elf`,
    trace: [`${lib}/libgio-2.0.so.0`, `list ${lib}/gio/modules`],
    keeps: [`${lib}/gio/modules/libdconf.so`],
  },
  gtk: kept(
    '',
    `${lib}/libgtk-3.so.0 elf`,
    `${lib}/gtk-3.0/`,
    `${lib}/gtk-3.0/immodules.cache : x`,
    '/usr/share/glib-2.0/schemas/gschemas.compiled : x',
  ),
  'qt-platforms': kept(
    '',
    `${lib}/libQt5Gui.so.5 elf`,
    `${lib}/qt5/plugins/platforms/`,
    `${lib}/qt5/plugins/platforms/libqxcb.so elf`,
  ),
  'qt-network': kept(
    '',
    `${lib}/libQt6Network.so.6 elf`,
    `${lib}/qt6/plugins/tls/`,
    `${lib}/qt6/plugins/tls/libq.so elf`,
  ),
  'qt-sql': kept(
    '',
    `${lib}/libQt5Sql.so.5 elf`,
    `${lib}/qt5/plugins/sqldrivers/`,
    `${lib}/qt5/plugins/sqldrivers/libqsqlite.so elf`,
  ),
  gstreamer: {
    image: `${lib}/libgstreamer-1.0.so.0 elf\n${lib}/gstreamer-1.0/libgstogg.so elf\n${lib}/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner elf`,
    trace: [`${lib}/libgstreamer-1.0.so.0`, `list,opendir ${lib}/gstreamer-1.0`],
    keeps: [`${lib}/gstreamer-1.0/libgstogg.so`, `${lib}/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner`],
  },
  fontconfig: {
    image: `${lib}/libfontconfig.so.1 elf\n/etc/fonts/fonts.conf : x\n/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf : x\n/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf : x`,
    trace: [`${lib}/libfontconfig.so.1`, '/etc/fonts/fonts.conf'],
    keeps: ['/etc/fonts', '/etc/fonts/fonts.conf', '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'],
  },
  x11: {
    ...kept('', `${lib}/libX11.so.6 elf`, '/usr/share/X11/locale/', '/usr/share/X11/locale/locale.alias : x'),
    env: ['DISPLAY=:0'],
  },
  alsa: kept('', `${lib}/libasound.so.2 elf`, '/usr/share/alsa/', '/usr/share/alsa/alsa.conf : x'),
  'mime-database': {
    image: '/usr/share/mime/mime.cache : x\n/usr/share/mime/globs2 : x\n/usr/share/mime/text/html.xml : x',
    trace: ['stat /usr/share/mime/mime.cache'],
    keeps: ['/usr/share/mime/globs2', '/usr/share/mime/mime.cache'],
  },
  libmagic: kept('', `${lib}/libmagic.so.1 elf`, '/usr/lib/file/magic.mgc : x', '/etc/magic : x'),
  'icu-data': kept('', `${lib}/libicuuc.so.73 elf`, '/usr/share/icu/73.1/icudt73l.dat : x'),
  'icu-data-named': {
    image: '/app : x\n/opt/icu/icudt72l.dat : x\n/opt/icu/other : x',
    trace: ['/app'],
    env: ['NODE_ICU_DATA=/opt/icu'],
    keeps: ['/opt/icu/icudt72l.dat'],
  },
  perl: {
    image: `/usr/bin/perl elf\n${lib}/perl-base/utf8.pm : x`,
    trace: ['exec /usr/bin/perl'],
    keeps: [`${lib}/perl-base`, `${lib}/perl-base/utf8.pm`],
  },
  sqlalchemy: {
    image: `/opt/site-packages/sqlalchemy/__init__.py : x\n/opt/site-packages/sqlalchemy/dialects/sqlite/base.py : x`,
    trace: ['read /opt/site-packages/sqlalchemy/__init__.py'],
    keeps: ['/opt/site-packages/sqlalchemy/dialects/sqlite/base.py'],
  },
  pygments: {
    image: `/opt/site-packages/pygments/__init__.py : x\n/opt/site-packages/pygments/styles/default.py : x`,
    trace: ['read /opt/site-packages/pygments/__init__.py'],
    keeps: ['/opt/site-packages/pygments/styles/default.py'],
  },
  'python-encodings': {
    image: `/opt/site-packages/chardet/__init__.py : x\n/usr/lib/python3.11/encodings/cp1252.py : x`,
    trace: ['read /opt/site-packages/chardet/__init__.py'],
    keeps: ['/usr/lib/python3.11/encodings/cp1252.py'],
  },
  django: {
    image: `/opt/site-packages/django/__init__.py : x\n/opt/site-packages/django/conf/locale/de/formats.py : x\n/opt/site-packages/django/core/management/commands/migrate.py : x`,
    trace: ['read /opt/site-packages/django/__init__.py'],
    keeps: [
      '/opt/site-packages/django/conf/locale/de/formats.py',
      '/opt/site-packages/django/core/management/commands/migrate.py',
    ],
  },
  'django-application': {
    image: `/opt/site-packages/shop/apps.py : x\n/opt/site-packages/shop/migrations/0001_initial.py : x\n/opt/site-packages/shop/unrelated/x.py : x`,
    trace: ['read /opt/site-packages/shop/apps.py'],
    keeps: ['/opt/site-packages/shop/migrations/0001_initial.py'],
  },
  'time-zones-of-libraries': {
    image: `/opt/site-packages/pytz/__init__.py : x\n/usr/share/zoneinfo/Asia/Tokyo : x\n/usr/share/zoneinfo/right/UTC : x`,
    trace: ['read /opt/site-packages/pytz/__init__.py'],
    keeps: ['/usr/share/zoneinfo', '/usr/share/zoneinfo/Asia', '/usr/share/zoneinfo/Asia/Tokyo'],
  },
  'python-mime-types': {
    image: '/usr/lib/python3.11/mimetypes.py : x\n/etc/mime.types : x',
    trace: ['read /usr/lib/python3.11/mimetypes.py'],
    keeps: [],
    leaves: ['/etc/mime.types'],
  },
  'ruby-unicode': kept(
    '',
    `${lib}/libruby-3.1.so.3.1 elf`,
    '/usr/lib/ruby/3.1.0/unicode_normalize/',
    '/usr/lib/ruby/3.1.0/unicode_normalize/tables.rb : x',
  ),
  'ruby-yaml': kept(
    '',
    '/usr/lib/ruby/3.1.0/psych.rb : x',
    '/usr/lib/ruby/3.1.0/psych/',
    '/usr/lib/ruby/3.1.0/psych/syntax_error.rb : x',
  ),
  'ruby-tilt': kept(
    '',
    '/usr/lib/ruby/vendor_ruby/tilt.rb : x',
    '/usr/lib/ruby/vendor_ruby/tilt/',
    '/usr/lib/ruby/vendor_ruby/tilt/erubi.rb : x',
  ),
  lua: kept('', '/usr/bin/lua elf', '/usr/share/lua/', '/usr/share/lua/5.4/', '/usr/share/lua/5.4/lpeg.lua : x'),
  tcl: kept(
    '/usr/share/tcltk/tcl8.6/demos/a : x',
    `${lib}/libtcl8.6.so elf`,
    '/usr/share/tcltk/tcl8.6/',
    '/usr/share/tcltk/tcl8.6/init.tcl : x',
  ),
  tk: kept('', `${lib}/libtk8.6.so elf`, '/usr/share/tcltk/tk8.6/', '/usr/share/tcltk/tk8.6/tk.tcl : x'),
  php: {
    image: '/usr/bin/php8.2 elf\n/etc/php/8.2/cli/conf.d/20-curl.ini : x\n/etc/php/8.2/cli/php.ini : x',
    trace: ['exec /usr/bin/php8.2', 'list /etc/php/8.2/cli/conf.d'],
    keeps: ['/etc/php/8.2/cli/conf.d/20-curl.ini', '/etc/php/8.2/cli/php.ini'],
  },
  postgresql: {
    ...kept(
      '/usr/lib/postgresql/15/lib/llvmjit.so elf\n/usr/lib/postgresql/15/lib/bitcode/a.bc : x\n/usr/share/postgresql/15/man/a : x',
      '/usr/lib/postgresql/15/bin/postgres elf',
      '/usr/lib/postgresql/15/lib/dict_snowball.so elf',
      '/usr/share/postgresql/15/extension/',
      '/usr/share/postgresql/15/extension/hstore.control : x',
      '/usr/share/postgresql/15/timezonesets/',
      '/usr/share/postgresql/15/timezonesets/Default : x',
    ),
    keeps: [
      '/usr/lib/postgresql/15/bin/postgres',
      '/usr/lib/postgresql/15/lib/dict_snowball.so',
      '/usr/share/postgresql/15/extension',
      '/usr/share/postgresql/15/extension/hstore.control',
      '/usr/share/postgresql/15/timezonesets',
      '/usr/share/postgresql/15/timezonesets/Default',
    ],
  },
  'postgresql-jit': {
    ...kept('/usr/lib/postgresql/15/lib/llvmjit.so elf', '/usr/lib/postgresql/15/bin/postgres elf'),
    leaves: ['/usr/lib/postgresql/15/lib/llvmjit.so'],
  },
  'postgresql-languages': {
    ...kept('/usr/lib/postgresql/15/lib/plperl.so elf', '/usr/lib/postgresql/15/bin/postgres elf'),
    leaves: ['/usr/lib/postgresql/15/lib/plperl.so'],
  },
  mariadb: kept(
    '/usr/share/mysql/german/errmsg.sys : x',
    '/usr/sbin/mariadbd elf',
    '/usr/lib/mysql/plugin/auth_socket.so elf',
    '/usr/share/mysql/charsets/',
    '/usr/share/mysql/charsets/Index.xml : x',
    '/usr/share/mysql/english/',
    '/usr/share/mysql/english/errmsg.sys : x',
  ),
  'mariadb-client': kept('', `${lib}/libmariadb.so.3 elf`, `${lib}/libmariadb3/plugin/caching_sha2_password.so elf`),
  nginx: {
    image: '/usr/sbin/nginx elf\n/etc/nginx/conf.d/site.conf : x\n/etc/nginx/mime.types : x',
    trace: ['exec /usr/sbin/nginx', 'list /etc/nginx/conf.d/'],
    keeps: ['/etc/nginx/conf.d/site.conf', '/etc/nginx/mime.types'],
  },
  'nginx-threads': {
    image: `/etc/nginx/nginx.conf : thread_pool default threads=4;\n${lib}/libgcc_s.so.1 elf`,
    trace: ['/etc/nginx/nginx.conf'],
    keeps: [`${lib}/libgcc_s.so.1`],
  },
  apache: {
    image:
      '/usr/sbin/apache2 elf\n/etc/apache2/conf-enabled/a.conf -> ../conf-available/a.conf\n/etc/apache2/conf-available/a.conf : x',
    trace: ['exec /usr/sbin/apache2', 'list /etc/apache2/conf-enabled'],
    keeps: ['/etc/apache2/conf-available/a.conf'],
  },
  cron: {
    image: '/usr/sbin/cron elf\n/etc/crontab : x\n/etc/cron.d/job : x\n/etc/cron.daily/apt : x',
    trace: ['exec /usr/sbin/cron', 'list /etc/cron.d'],
    keeps: ['/etc/cron.d/job', '/etc/crontab'],
  },
  'start-up-directories': {
    image: '/bin/sh elf\n/docker-entrypoint.d/10-listen.sh : x',
    trace: ['exec /bin/sh', 'list /docker-entrypoint.d'],
    keeps: ['/docker-entrypoint.d/10-listen.sh'],
  },
  'configuration-directories': {
    image: '/usr/sbin/mariadbd elf\n/etc/mysql/conf.d/a.cnf : x',
    trace: ['exec /usr/sbin/mariadbd', 'list /etc/mysql/conf.d'],
    keeps: ['/etc/mysql/conf.d/a.cnf'],
  },
  kerberos: {
    image: `${lib}/libkrb5.so.3 elf\n/etc/krb5.conf : x\n${lib}/krb5/plugins/tls/k5tls.so elf`,
    trace: [`${lib}/libkrb5.so.3`, `list ${lib}/krb5/plugins/tls`],
    keeps: ['/etc/krb5.conf', `${lib}/krb5/plugins/tls/k5tls.so`],
  },
  sasl: {
    image: `${lib}/libsasl2.so.2 elf\n${lib}/sasl2/libplain.so.2 elf`,
    trace: [`${lib}/libsasl2.so.2`, `list ${lib}/sasl2`],
    keeps: [`${lib}/sasl2/libplain.so.2`],
  },
  'nss-cryptography': kept('', `${lib}/libnss3.so elf`, `${lib}/libsoftokn3.so elf`, `${lib}/libsoftokn3.chk : x`),
  'p11-kit': kept(
    '',
    `${lib}/libp11-kit.so.0 elf`,
    '/usr/share/p11-kit/modules/',
    '/usr/share/p11-kit/modules/p11-kit-trust.module : x',
    `${lib}/pkcs11/p11-kit-trust.so elf`,
  ),
  'intel-mkl': kept(
    '/opt/mkl/libmkl_blacs.so.2 elf',
    '/opt/mkl/libmkl_core.so.2 elf',
    '/opt/mkl/libmkl_avx2.so.2 elf',
    '/opt/mkl/libmkl_vml_def.so.2 elf',
  ),
  cudnn: kept('', '/opt/cuda/libcudnn.so.9 elf', '/opt/cuda/libcudnn_ops.so.9 elf'),
  ggml: kept('', '/opt/llama/libggml.so elf', '/opt/llama/libggml-cpu-haswell.so elf'),
  'dotnet-runtime': {
    ...kept('/dotnet/sdk/a.dll : x', '/dotnet/6/libcoreclr.so elf', '/dotnet/6/System.Linq.dll : x'),
    keeps: ['/dotnet/6/System.Linq.dll', '/dotnet/6/libcoreclr.so'],
  },
  'dotnet-application': {
    ...kept('', '/app/app.deps.json : x', '/app/Lazy.dll : x'),
    keeps: ['/app/Lazy.dll', '/app/app.deps.json'],
  },
  'dotnet-icu': kept('', '/dotnet/6/libcoreclr.so elf', `${lib}/libicui18n.so.72 elf`),
  'dotnet-openssl': kept(
    '',
    '/dotnet/6/libSystem.Security.Cryptography.Native.OpenSsl.so elf',
    `${lib}/libssl.so.3 elf`,
  ),
  chromium: kept(
    '/usr/lib/chromium/locales/de.pak : x',
    '/usr/lib/chromium/chromium elf',
    '/usr/lib/chromium/icudtl.dat : x',
    '/usr/lib/chromium/locales/en-US.pak : x',
  ),
  ghostscript: kept(
    '/usr/share/ghostscript/10.00/doc/a : x',
    `${lib}/libgs.so.10 elf`,
    '/usr/share/ghostscript/',
    '/usr/share/ghostscript/10.00/',
    '/usr/share/ghostscript/10.00/Resource/',
    '/usr/share/ghostscript/10.00/Resource/Init/',
    '/usr/share/ghostscript/10.00/Resource/Init/gs_init.ps : x',
  ),
  poppler: {
    image: `${lib}/libpoppler.so.126 elf\n/usr/share/poppler/cMap/a : x`,
    trace: [`${lib}/libpoppler.so.126`, 'opendir /usr/share/poppler/cMap'],
    keeps: ['/usr/share/poppler', '/usr/share/poppler/cMap', '/usr/share/poppler/cMap/a'],
  },
  tesseract: kept(
    '',
    `${lib}/libtesseract.so.5 elf`,
    '/usr/share/tesseract-ocr/',
    '/usr/share/tesseract-ocr/5/',
    '/usr/share/tesseract-ocr/5/eng.traineddata : x',
  ),
  proj: kept('', `${lib}/libproj.so.25 elf`, '/usr/share/proj/', '/usr/share/proj/proj.db : x'),
  gdal: kept('', `${lib}/libgdal.so.32 elf`, '/usr/share/gdal/', '/usr/share/gdal/gcs.csv : x'),
  'image-library-plugins': {
    image: `${lib}/libheif.so.1 elf\n${lib}/libheif/plugins/libheif-libde265.so elf`,
    trace: [`${lib}/libheif.so.1`, `list ${lib}/libheif/plugins`],
    keeps: [`${lib}/libheif/plugins/libheif-libde265.so`],
  },
  postfix: {
    ...kept(
      '',
      '/usr/sbin/postfix elf',
      '/etc/postfix/',
      '/etc/postfix/main.cf : x',
      '/usr/lib/postfix/',
      '/usr/lib/postfix/sbin/',
      '/usr/lib/postfix/sbin/smtpd elf',
    ),
  },
  dovecot: kept('', '/usr/sbin/dovecot elf', '/usr/lib/dovecot/', '/usr/lib/dovecot/imap elf'),
  'openldap-server': kept('', '/usr/sbin/slapd elf', '/usr/lib/ldap/', '/usr/lib/ldap/back_mdb.so elf'),
};
