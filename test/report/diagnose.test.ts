import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/report/diagnose.ts';
import { renderDiagnosis } from '../../src/report/diagnose-human.ts';
import { LogReader } from '../../src/report/diagnose-log.ts';
import { plainStyle } from '../../src/report/style.ts';
import { reportOf } from './report-of.ts';

const report = reportOf(`
  + /bin -> usr/bin
  + /usr/bin/sh
  - /usr/bin/mkdir (coreutils)
  - /usr/bin/chmod (coreutils)
  - /usr/bin/git (git)
  - /usr/share/zoneinfo/Asia/Tokyo (tzdata)
  - /usr/share/zoneinfo/Asia/Seoul (tzdata)
  + /usr/share/zoneinfo/UTC (tzdata)
  - /usr/lib/locale/de_DE.utf8/LC_TIME
  + /usr/lib/locale/C.utf8/LC_TIME
  - /usr/lib/x86_64-linux-gnu/libz.so.1 (zlib1g) -> libz.so.1.2.13
  - /usr/lib/x86_64-linux-gnu/libz.so.1.2.13 (zlib1g)
  + /usr/lib/x86_64-linux-gnu/libc.so.6 (libc6)
  + /usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache (libc-bin)
  - /usr/lib/x86_64-linux-gnu/gconv/SJIS.so (libc6)
  - /usr/lib/x86_64-linux-gnu/gconv/EUC-JP.so (libc6)
  - /usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so (libssl3)
  - /usr/lib/x86_64-linux-gnu/security/pam_unix.so (libpam-modules)
  ! /usr/lib/x86_64-linux-gnu/libnss_extrausers.so.2
  - /usr/lib/x86_64-linux-gnu/libnss_hesiod.so.2
  + /etc/passwd
  + /etc/group
  - /etc/nsswitch.conf
  - /etc/ssl/certs/ca-certificates.crt
  - /etc/app/routes.yaml
  - /var/spool/jobs/.placeholder
  + /usr/lib/python3.11/json/__init__.py
  - /usr/lib/python3.11/csv.py
  - /usr/lib/python3.11/encodings/shift_jis.py
  - /usr/lib/python3.11/lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so
  - /usr/lib/python3/dist-packages/requests/__init__.py (python3-requests)
  - /usr/lib/python3/dist-packages/requests/api.py (python3-requests)
  + /srv/app/app/__init__.py
  - /srv/app/app/reports.py
  + /srv/node/server.js
  + /srv/node/node_modules/express/index.js
  - /srv/node/node_modules/express/lib/view.js
  - /srv/node/node_modules/ms/index.js
  - /srv/node/node_modules/ms/package.json
  - /srv/node/node_modules/@scope/tool/index.js
  - /srv/node/node_modules/@scope/tool/package.json
  - /srv/node/node_modules/express/node_modules/ms/index.js
  - /srv/node/lib/late.js
  - /opt/java/plugins/greeter-1.2.jar
  - /opt/java/plugins/mailer.jar
  - /opt/java/libs/libnet.so
  - /usr/share/perl5/JSON/PP.pm (perl)
  - /usr/lib/ruby/3.1.0/csv/table.rb (ruby)
  - /usr/lib/php/20220829/intl.so (php-intl)
  - /lib/terminfo/x/xterm
  ! /usr/bin/xz (xz)
`);

function read(...lines: readonly string[]) {
  const log = new LogReader();
  for (const line of lines) log.add(line);
  return diagnose(report, log);
}

describe('a message leads to what was left out, and to the include that keeps it', () => {
  test.each([
    // glibc's perror(3), GNU programs, shells
    ['cat: /etc/app/routes.yaml: No such file or directory', '/etc/app/routes.yaml'],
    ["ls: cannot access '/etc/app/routes.yaml': No such file or directory", '/etc/app/routes.yaml'],
    ['sh: 1: mkdir: not found', '/usr/bin/mkdir'],
    ['/docker-entrypoint.sh: line 12: mkdir: command not found', '/usr/bin/mkdir'],
    ['/docker-entrypoint.sh: 5: mkdir: not found', '/usr/bin/mkdir'],
    ['/bin/sh: 0: cannot open /etc/app/routes.yaml: No such file', '/etc/app/routes.yaml'],
    ["sh: can't open '/etc/app/routes.yaml'", '/etc/app/routes.yaml'],
    ['/usr/bin/env: ‘git’: No such file or directory', '/usr/bin/git'],
    ['bash: /bin/mkdir: No such file or directory', '/usr/bin/mkdir'],
    ['execvp: mkdir: No such file or directory', '/usr/bin/mkdir'],
    // Go, and the engine itself
    ['open /etc/app/routes.yaml: no such file or directory', '/etc/app/routes.yaml'],
    ['exec: "git": executable file not found in $PATH', '/usr/bin/git'],
    [
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "mkdir": executable file not found in $PATH: unknown',
      '/usr/bin/mkdir',
    ],
    // Python
    ["FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/routes.yaml'", '/etc/app/routes.yaml'],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'git'", '/usr/bin/git'],
    ["ModuleNotFoundError: No module named 'csv'", '/usr/lib/python3.11/csv.py'],
    [
      "ModuleNotFoundError: No module named '_sqlite3'",
      '/usr/lib/python3.11/lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so',
    ],
    ["ModuleNotFoundError: No module named 'requests'", '/usr/lib/python3/dist-packages/requests'],
    ["ModuleNotFoundError: No module named 'requests.api'", '/usr/lib/python3/dist-packages/requests'],
    ["ImportError: cannot import name 'reports' from 'app' (/srv/app/app/__init__.py)", '/srv/app/app/reports.py'],
    [
      'ImportError: libz.so.1: cannot open shared object file: No such file or directory',
      '/usr/lib/x86_64-linux-gnu/libz.so.1',
    ],
    ['LookupError: unknown encoding: shift_jis', '/usr/lib/python3.11/encodings/shift_jis.py'],
    [
      "zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Asia/Tokyo'",
      '/usr/share/zoneinfo/Asia/Tokyo',
    ],
    ['KeyError: "getpwnam(): name not found: \'keeper\'"', '/etc/nsswitch.conf'],
    // Node.js
    ["Error: ENOENT: no such file or directory, open '/etc/app/routes.yaml'", '/etc/app/routes.yaml'],
    ["Error: spawn git ENOENT: no such file or directory, open 'routes.yaml'", '/etc/app/routes.yaml'],
    ["Error: Cannot find module 'ms'", '/srv/node/node_modules/ms'],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@scope/tool' imported from /srv/node/server.js",
      '/srv/node/node_modules/@scope/tool',
    ],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/srv/node/lib/late.js' imported from /srv/node/server.js",
      '/srv/node/lib/late.js',
    ],
    // Java
    ['java.nio.file.NoSuchFileException: /etc/app/routes.yaml', '/etc/app/routes.yaml'],
    ['java.io.FileNotFoundException: /etc/app/routes.yaml (No such file or directory)', '/etc/app/routes.yaml'],
    ['java.lang.ClassNotFoundException: org.example.greeter.Polite', '/opt/java/plugins/greeter-1.2.jar'],
    ['java.lang.NoClassDefFoundError: org/example/mailer/Box', '/opt/java/plugins/mailer.jar'],
    ['java.lang.UnsatisfiedLinkError: no net in java.library.path: /opt', '/opt/java/libs/libnet.so'],
    ["java.lang.UnsatisfiedLinkError: Can't load library: /opt/java/libs/libnet.so", '/opt/java/libs/libnet.so'],
    // the dynamic loader and what loads plugins
    [
      'app: error while loading shared libraries: libz.so.1: cannot open shared object file: No such file or directory',
      '/usr/lib/x86_64-linux-gnu/libz.so.1',
    ],
    [
      'PAM unable to dlopen(pam_unix.so): /lib/security/pam_unix.so: cannot open shared object file: No such file or directory',
      '/usr/lib/x86_64-linux-gnu/security/pam_unix.so',
    ],
    [
      "PHP Warning:  PHP Startup: Unable to load dynamic library 'intl.so' (tried: /usr/lib/php/20220829/intl.so (/usr/lib/php/20220829/intl.so: cannot open shared object file: No such file or directory))",
      '/usr/lib/php/20220829/intl.so',
    ],
    ['E: could not load the provider legacy', '/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so'],
    [
      '40F7:error:12800067:DSO support routines:dlfcn_load:could not load the shared library:../crypto/dso/dso_dlfcn.c:118:filename(/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so): /usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so: cannot open shared object file: No such file or directory',
      '/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so',
    ],
    ['error:0308010C:digital envelope routines::unsupported', '/usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so'],
    // servers
    [
      '2026/11/21 12:00:00 [error] 7#7: *1 open() "/etc/app/routes.yaml" failed (2: No such file or directory), client: 10.0.0.1',
      '/etc/app/routes.yaml',
    ],
    ['nginx: [emerg] getpwnam("www-data") failed', '/etc/nsswitch.conf'],
    ['FATAL:  invalid value for parameter "TimeZone": "Asia/Tokyo"', '/usr/share/zoneinfo/Asia/Tokyo'],
    ['panic: unknown time zone Asia/Tokyo', '/usr/share/zoneinfo/Asia/Tokyo'],
    // the system
    ['bash: warning: setlocale: LC_ALL: cannot change locale (de_DE.UTF-8)', '/usr/lib/locale/de_DE.utf8'],
    ["iconv: conversion to `SHIFT_JIS' is not supported", '/usr/lib/x86_64-linux-gnu/gconv'],
    ['iconv: failed to start conversion processing: No such file or directory', '/usr/lib/x86_64-linux-gnu/gconv'],
    ['Error opening terminal: xterm.', '/lib/terminfo/x/xterm'],
    [
      'curl: (60) SSL certificate problem: unable to get local issuer certificate',
      '/etc/ssl/certs/ca-certificates.crt',
    ],
    ["Can't locate JSON/PP.pm in @INC (you may need to install the JSON::PP module)", '/usr/share/perl5/JSON/PP.pm'],
    [
      "<internal:/usr/lib/ruby/rubygems/core_ext/kernel_require.rb>:85:in `require': cannot load such file -- csv/table (LoadError)",
      '/usr/lib/ruby/3.1.0/csv/table.rb',
    ],
    [
      'PHP Warning:  include(/etc/app/routes.yaml): Failed to open stream: No such file or directory in /srv/index.php',
      '/etc/app/routes.yaml',
    ],
    // where a file would be made
    ['open /var/spool/jobs/7.job: no such file or directory', '/var/spool/jobs'],
    // logs in coats: colour, JSON lines, a strace
    [
      "\u001b[31mFileNotFoundError: [Errno 2] No such file or directory: '/etc/app/routes.yaml'\u001b[0m",
      '/etc/app/routes.yaml',
    ],
    [
      String.raw`{"log":"Error: Cannot find module 'ms'\nRequire stack:\n- /srv/node/server.js\n","stream":"stderr"}`,
      '/srv/node/node_modules/ms',
    ],
    [String.raw`{"msg":"open \"/etc/app/routes.yaml\" failed (2: No such file or directory)"}`, '/etc/app/routes.yaml'],
    [
      'openat(AT_FDCWD, "/etc/app/routes.yaml", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
      '/etc/app/routes.yaml',
    ],
  ])('%s', (line, include) => {
    const { findings, include: patterns } = read(line);
    expect(patterns.join(' '), JSON.stringify(findings, undefined, 1)).toBe(include);
  });

  test('the innermost module of those a require stack reaches', () => {
    const stack = ["Error: Cannot find module 'ms'", 'Require stack:', '- /srv/node/node_modules/express/lib/x.js'];
    expect(read(...stack).include).toEqual(['/srv/node/node_modules/express/node_modules/ms']);
  });

  test('many of one directory become the directory', () => {
    const zones = ['Tokyo', 'Seoul'].map((city) => `unknown time zone Asia/${city}`);
    expect(read(...zones).include).toEqual(['/usr/share/zoneinfo/Asia/Tokyo', '/usr/share/zoneinfo/Asia/Seoul']);
    expect(read(...zones, 'cat: /usr/share/zoneinfo/Asia: No such file or directory').include).toEqual([
      '/usr/share/zoneinfo/Asia',
    ]);
  });
});

describe('what slimming did not cause is said to be so', () => {
  test.each([
    ['cat: /etc/nowhere.conf: No such file or directory', 'never-there'],
    ["ModuleNotFoundError: No module named 'flask'", 'never-there'],
    ["ModuleNotFoundError: No module named 'json'", 'kept'],
    ['cat: /etc/passwd: No such file or directory', 'kept'],
    ['open /usr/bin/new: no such file or directory', 'never-there'],
  ])('%s', (line, verdict) => {
    const { findings, include } = read(line);
    expect(findings.map((finding) => finding.verdict)).toEqual([verdict]);
    expect(include).toEqual([]);
  });

  test('no include brings back what was excluded', () => {
    const { include, excludes } = read('sh: 1: xz: not found');
    expect({ include, excludes }).toEqual({ include: [], excludes: ['/usr/bin/xz'] });
    expect(read('getpwnam("web") failed').excludes).toEqual(['/usr/lib/x86_64-linux-gnu/libnss_extrausers.so.2']);
  });

  test.each([
    'GET /missing 404 Not Found',
    'user 7: not found in cache',
    'Error: something failed',
    'All good, no errors',
    'DEBUG locale set to C',
  ])('%s says nothing', (line) => {
    expect(read(line).findings).toEqual([]);
  });
});

describe('a hostile log', () => {
  const shapes: readonly (readonly [string, string])[] = [
    ['one endless word', 'a'.repeat(1_000_000)],
    ['quotes', `${"'".repeat(200_000)}: No such file or directory`],
    ['colons', `${': '.repeat(200_000)}No such file or directory`],
    ['phrases', 'no such file or directory '.repeat(40_000)],
    ['brackets', `unable to dlopen(${'('.repeat(200_000)}`],
    ['conversions', 'conversion from '.repeat(50_000)],
  ];
  test.each(shapes)('%s: is read to its end', (_name, line) => {
    expect(read(line, line, "ModuleNotFoundError: No module named 'csv'").include).toEqual([
      '/usr/lib/python3.11/csv.py',
    ]);
  });

  test('a message on the seam of two pieces is still one', () => {
    for (let filler = 3000; filler < 4400; filler += 100) {
      const line = `${'x'.repeat(filler)} cat: /etc/app/routes.yaml: No such file or directory ${'y'.repeat(5000)}`;
      expect(read(line).include, String(filler)).toEqual(['/etc/app/routes.yaml']);
    }
  });

  test('more clues than anybody reads are cut', () => {
    const lines = Array.from({ length: 4000 }, (_, at) => `cat: /etc/${at}: No such file or directory`);
    const { findings, isCut } = read(...lines);
    expect(findings.length).toBeLessThanOrEqual(2000);
    expect(isCut).toBe(true);
  });

  test('a line that says one thing twice counts once', () => {
    const line = 'SSL certificate problem: unable to get local issuer certificate';
    expect(read(line, line).findings).toMatchObject([{ times: 2, line: 1 }]);
  });

  test('a loop that prints one line for ever hides nothing that comes after it', () => {
    const log = new LogReader();
    for (let at = 0; at < 120_000; at += 1) {
      log.add(`2026-11-21T12:00:${String(at % 60).padStart(2, '0')}Z accept failed: /etc/x: No such file or directory`);
    }
    log.add("ModuleNotFoundError: No module named 'csv'");
    const { findings, include, isCut } = diagnose(report, log);
    expect({ include, isCut }).toEqual({ include: ['/usr/lib/python3.11/csv.py'], isCut: false });
    expect(findings).toMatchObject([{ times: 120_000 }, { line: 120_001 }]);
  });

  test('nothing of it reaches the terminal as it is', () => {
    const text = renderDiagnosis(
      read('cat: /etc/\u001b]0;title\u0007\u202eevil: No such file or directory', 'x\u0007 sh: 1: mkdir: not found'),
      plainStyle,
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text).toContain('--include /usr/bin/mkdir');
  });
});
