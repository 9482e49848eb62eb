import {
  type ConfigurationFormat,
  type DirectiveUse,
  directories,
  files,
  program,
  type Statement,
  splitWords,
} from './configuration-format.js';

/** Libraries by name, with or without `.so`, in the places where distributions and source builds put them. */
function librariesIn(...places: readonly string[]): DirectiveUse {
  const patternsOf = (name: string) => places.map((place) => `${place}/${name.replace(/\.so$/, '')}.so`);
  return {
    files: (args) =>
      args
        .flatMap((arg) => arg.split(/[\s,;]+/))
        .map((name) => name.replace(/^.*=|^\$libdir\//g, ''))
        .filter((name) => name !== '')
        .flatMap((name) => (name.includes('/') ? [name, `${name}.so`] : patternsOf(name))),
  };
}

const phpExtension = librariesIn(
  ...['/usr/lib/php/*', '/usr/local/lib/php/extensions/*', '/usr/lib64/php/modules', '/usr/lib/php*/modules'],
);
const postgresLibrary = librariesIn(
  ...[
    '/usr/lib/postgresql/*/lib',
    '/usr/lib/postgresql',
    '/usr/local/lib/postgresql',
    '/usr/lib64/pgsql',
    '/usr/pgsql-*/lib',
  ],
);
const mysqlPlugin = librariesIn(
  ...['/usr/lib/mysql/plugin', '/usr/lib64/mysql/plugin', '/usr/lib64/mariadb/plugin', '/usr/lib/mariadb/plugin'],
);
const opensslModules = [
  '/usr/lib/*/ossl-modules',
  '/usr/lib/ossl-modules',
  '/usr/lib64/ossl-modules',
  '/usr/local/lib*/ossl-modules',
];
const opensslModule = librariesIn(...opensslModules);

/** Formats of one `name value` or `name = value` a line. Manuals: redis.conf, sshd_config(5), PostgreSQL 20.1, my.cnf of MariaDB, supervisord 4, php.ini, config(5ossl), git-config(1). */
export const lineFormats: readonly ConfigurationFormat[] = [
  lineFormat('redis', /\/(?:redis|valkey|sentinel)[^/]*\.conf$|\/(?:redis|valkey)\/[^/]+\.conf$/, {
    programs: ['redis-server', 'redis-check-rdb', 'valkey-server'],
    uses: { include: files, loadmodule: { files: (args) => args.slice(0, 1) }, aclfile: files },
  }),
  lineFormat('ssh', /\/sshd?_config(?:\.d\/[^/]+)?$/, {
    programs: ['sshd', 'ssh'],
    uses: { include: files, subsystem: { files: (args) => args.slice(1, 2) } },
    bases: ['/etc/ssh'],
  }),
  lineFormat('postgresql', /\/postgresql(?:\.auto)?\.conf(?:\.sample)?$|\/postgresql\/.*\.conf$/, {
    programs: ['postgres'],
    uses: {
      ...{ include: files, include_if_exists: files, include_dir: directories, hba_file: files, ident_file: files },
      ...{ shared_preload_libraries: postgresLibrary, session_preload_libraries: postgresLibrary },
      ...{ local_preload_libraries: postgresLibrary, ssl_cert_file: files, ssl_key_file: files, ssl_ca_file: files },
    },
  }),
  lineFormat('mysql', /\/(?:my|mysqld|mariadb)\.cnf$|\/(?:mysql|mariadb|my\.cnf\.d)\/.*\.cnf$|\/\.my\.cnf$/, {
    programs: ['mariadbd', 'mysqld'],
    uses: {
      ...{ '!include': files, '!includedir': directories, plugin_load: mysqlPlugin, plugin_load_add: mysqlPlugin },
    },
  }),
  lineFormat('supervisor', /\/supervisord?\.conf$|\/supervisor[^/]*\/.*\.(?:conf|ini)$/, {
    programs: ['supervisord'],
    uses: { files, command: program },
    comment: /(?:^|\s);.*|^#.*/,
  }),
  lineFormat('php', /\/php[^/]*\.ini$|\/php\/?.*\.ini$|\/php-fpm(?:\.d\/[^/]+)?\.conf$/, {
    programs: ['php', 'php-fpm'],
    uses: { extension: phpExtension, zend_extension: phpExtension, include: files },
    comment: /(?:^|\s);.*|^#.*/,
  }),
  lineFormat('openssl', /\/openssl[^/]*\.cnf$|\/openssl[^/]*\/.*\.(?:cnf|conf)$/, {
    programs: [],
    // `legacy = legacy_sect` in the section of providers: a provider that isn't built in is a module of its name.
    parse: (line) => [
      ...parseLine(line),
      ...parseLine(line).map(({ directive }) => ({ directive: 'providers', args: [directive] })),
    ],
    uses: {
      '.include': { files: (args) => args, isTree: true },
      module: opensslModule,
      providers: opensslModule,
      dynamic_path: files,
    },
  }),
  lineFormat('git', /\/\.?gitconfig$|\/\.git\/config$|\/git\/config$/, {
    programs: [],
    uses: { path: files, excludesfile: files, attributesfile: files },
  }),
];

interface LineFormatOptions {
  readonly programs: readonly string[];
  readonly uses: Readonly<Record<string, DirectiveUse>>;
  readonly bases?: readonly string[];
  /** What is no part of a line; `#` and what follows it by default. */
  readonly comment?: RegExp;
  readonly parse?: (line: string) => readonly Statement[];
}

function lineFormat(name: string, ofFiles: RegExp, options: LineFormatOptions): ConfigurationFormat {
  const { programs, uses, bases = [], comment = /(?:^|\s)#.*/, parse = parseLine } = options;
  return {
    name,
    files: ofFiles,
    programs,
    parse: (text) => text.split('\n').flatMap((line) => parse(line.replace(comment, '').trim())),
    uses: new Map(Object.entries(uses)),
    bases,
    alongside: [],
  };
}

/** `Some-Name = 'value' …` or `some_name value …`; a section's head is no statement. */
function parseLine(line: string): readonly Statement[] {
  const [, directive = '', rest = ''] = /^([!.]?[\w.-]+)\s*(?:=\s*)?(.*)$/.exec(line) ?? [];
  if (directive === '') return [];
  return [{ directive: directive.toLowerCase().replaceAll('-', '_'), args: splitWords(rest) }];
}
