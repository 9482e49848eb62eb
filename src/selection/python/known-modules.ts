/** Modules that the interpreter carries in itself and doesn't read from files (Python/frozen.c since 3.11). */
export const frozenModules: ReadonlySet<string> = new Set([
  '_collections_abc',
  '_sitebuiltins',
  'abc',
  'codecs',
  'genericpath',
  'importlib._bootstrap',
  'importlib._bootstrap_external',
  'importlib.machinery',
  'importlib.util',
  'io',
  'ntpath',
  'os',
  'posixpath',
  'runpy',
  'site',
  'stat',
  'zipimport',
]);

/** What C code, or a function of the standard library, imports when it is used: a source that has these names may. */
export const importedByUse: readonly { readonly names: readonly string[]; readonly modules: readonly string[] }[] = [
  { names: ['strptime'], modules: ['_strptime'] }, // Modules/timemodule.c, _datetimemodule.c
  { names: ['click', 'DateTime'], modules: ['_strptime'] }, // click's own types are left alone
  { names: ['email', 'as_string'], modules: ['email.generator'] }, // email/message.py
  { names: ['email', 'as_bytes'], modules: ['email.generator'] },
  { names: ['send_message'], modules: ['email.generator'] }, // smtplib
  { names: ['ThreadPoolExecutor'], modules: ['concurrent.futures.thread'] }, // concurrent/futures/__init__.py
  { names: ['ProcessPoolExecutor'], modules: ['concurrent.futures.process'] },
  { names: ['iterdump'], modules: ['sqlite3.dump'] }, // Modules/_sqlite/connection.c
  { names: ['make_archive'], modules: ['tarfile', 'zipfile'] }, // shutil
  { names: ['unpack_archive'], modules: ['tarfile', 'zipfile'] },
];

/** What a module of the standard library imports when it is used, if it is kept at all. */
export const importedByModule: Readonly<Record<string, readonly string[]>> = {
  socket: ['encodings.idna'], // getaddrinfo of any name, Modules/socketmodule.c
  _socket: ['encodings.idna'],
  'encodings.idna': ['encodings.punycode'],
  decimal: ['numbers'],
  // `_bootstrap_external.py` is frozen and imports them for a loader.
  'importlib.resources': ['importlib.readers', 'importlib.resources.readers'],
  'importlib.resources._common': ['importlib.readers', 'importlib.resources.readers'],
  zoneinfo: ['tzdata', 'importlib.resources'],
  // sysconfig.get_config_var, which imports what the interpreter was built with by a name it puts together.
  'zoneinfo._tzpath': ['sysconfig', '_sysconfigdata_*'],
  'multiprocessing.context': [
    'multiprocessing.managers',
    'multiprocessing.pool',
    'multiprocessing.popen_fork',
    'multiprocessing.popen_forkserver',
    'multiprocessing.popen_spawn_posix',
    'multiprocessing.queues',
    'multiprocessing.resource_tracker',
    'multiprocessing.sharedctypes',
    'multiprocessing.synchronize',
  ],
  'xml.sax': ['xml.sax.expatreader'],
  'xml.dom.minidom': ['xml.dom.expatbuilder'],
  dbm: ['dbm.dumb'],
};

/** Who installs packages rather than run an application: what they import on the way is not looked into. */
export const installers: ReadonlySet<string> = new Set([
  '_distutils_hack',
  'distutils',
  'ensurepip',
  'pip',
  'pkg_resources',
  'setuptools',
  'wheel',
]);

/**
 * Imported in a function of a package (of `by`, or of any), and not followed from there: why, as a clause about the
 * importing module. `unless`: a module whose being kept says that it may be needed.
 */
export const leftOut: readonly {
  readonly module: RegExp;
  readonly by?: string;
  readonly because: string;
  readonly unless?: string;
}[] = [
  {
    module: /(?:^|\.)(?:tests?|testing|conftest|_pytest|pytest|unittest|doctest)(?:\.|$)/,
    because: 'imports it for tests',
  },
  {
    module:
      /^(?:pdb|bdb|code|cmd|pydoc|pydoc_data|idlelib|lib2to3|cProfile|profile|tracemalloc|webbrowser|IPython)(?:\.|$)/,
    because: 'imports it for people who debug',
  },
  { module: /^werkzeug\.(?:debug|_reloader|middleware)(?:\.|$)/, because: 'imports it for development' },
  { module: /^gunicorn\.(?:workers\.g|instrument\.)/, because: 'takes it when its settings say so' },
  { module: /^(?:tkinter|turtle|curses|readline|rlcompleter|getpass)(?:\.|$)/, because: 'imports it for a screen' },
  {
    module: /^click\.(?:_termui_impl|shell_completion|_winconsole)$/,
    because: 'imports it for a terminal',
    unless: 'termios',
  },
  { module: /^glob$/, by: 'click', because: 'imports it for arguments of a command line' },
  { module: /^asyncio(?:\.|$)/, because: 'imports it for an event loop, and none ran', unless: 'asyncio' },
];
