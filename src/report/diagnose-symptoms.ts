import type { Clue } from './diagnose-clue.js';
import { missingFile } from './diagnose-missing-file.js';

/** The text around a phrase in a line: up to `aroundLength` characters before it, and the phrase with as many after. */
export interface Sighting {
  readonly before: string;
  readonly after: string;
}

/** A way in which programs say that something is missing. */
interface Symptom {
  /** Looked for in lower case. */
  readonly phrase: string;
  /** What was missing; undefined when the line says something else, or another symptom says it better. */
  readonly read: (sighting: Sighting) => Clue | undefined;
}

/** A phrase's sense lies near it; it also bounds what hostile lines cost. */
const aroundLength = 600;
const sightingsPerLine = 8;

/** The clues in a line, or in a piece of one, in the order of the table below. */
export function* cluesIn(line: string): Generator<Clue> {
  const lower = line.toLowerCase();
  // What lower case makes longer would shift every position.
  if (lower.length !== line.length) return;
  for (const { phrase, read } of symptoms) {
    let at = lower.indexOf(phrase);
    for (let count = 0; at >= 0 && count < sightingsPerLine; count += 1) {
      const end = at + phrase.length;
      const clue = read({
        before: line.slice(Math.max(0, at - aroundLength), at),
        after: line.slice(at, end + aroundLength),
      });
      if (clue !== undefined && isName(clue)) yield clue;
      at = lower.indexOf(phrase, end);
    }
  }
}

/** Clues that name nothing are about the system as such. */
const nameless: ReadonlySet<Clue['kind']> = new Set(['locale', 'certificates', 'host', 'crypto-module', 'charset']);

function isName({ kind, name }: Clue): boolean {
  return name === '' ? nameless.has(kind) : name.length <= 512 && !name.includes('\0');
}

type NamedKind = Clue['kind'];

/** Reads what follows: `pattern` matches from the phrase on, and its first group is the name. */
function after(phrase: string, kind: NamedKind, pattern: RegExp): Symptom {
  return { phrase, read: (sighting) => clueOf(kind, pattern.exec(sighting.after)) };
}

/** Reads what comes before: `pattern` matches up to the phrase, and its first group is the name. */
function before(phrase: string, kind: NamedKind, pattern: RegExp): Symptom {
  return { phrase, read: (sighting) => clueOf(kind, pattern.exec(sighting.before)) };
}

function clueOf(kind: NamedKind, match: RegExpExecArray | null): Clue | undefined {
  return match === null ? undefined : { kind, name: match[1] ?? '' };
}

const symptoms: readonly Symptom[] = [
  { phrase: 'no such file or directory', read: missingFile },
  after('nosuchfileexception:', 'path', /^\S+ (\S+)/),
  after("can't open ", 'path', /^can't open (?:perl script )?['"]?([^\s'":]+)/i),
  // dash says no more than `No such file`.
  after('cannot open ', 'path', /^cannot open ['"]?(\/[^\s'":]+)/i),
  after('failed opening ', 'path', /^failed opening (?:required )?'([^']+)'/i),
  before(': failed to open stream', 'path', /\(([^()]+)\)$/),
  { phrase: 'not found', read: notFound },
  before(': executable file not found', 'program', /exec: "?([^\s":]+)"?$/),

  before(': cannot open shared object file', 'library', /([^\s:'"()]+)$/),
  after('unable to dlopen(', 'library', /^[^(]+\(([^)]+)\)/),
  after('unable to load dynamic library', 'library', /library '([^']+)'/),
  after("can't load library: ", 'library', /: (\S+)/),
  {
    phrase: ' in java.library.path',
    read: ({ before: text }) => {
      const name = /\bno (\S+)$/.exec(text)?.[1];
      return name === undefined ? undefined : { kind: 'library', name: `lib${name}.so` };
    },
  },

  after('no module named', 'python-module', /^no module named ['"]?(\w+(?:\.\w+)*)/i),
  {
    phrase: 'cannot import name ',
    read: ({ after: text }) => {
      const [, name, parent] =
        /^\S+ \S+ name '(\w+)' from (?:partially initialized module )?'([\w.]+)'/i.exec(text) ?? [];
      return name === undefined ? undefined : { kind: 'python-module', name: `${parent}.${name}` };
    },
  },
  { phrase: 'cannot find module ', read: ({ after: text }) => nodeModule(text) },
  { phrase: 'cannot find package ', read: ({ after: text }) => nodeModule(text) },
  after('classnotfoundexception: ', 'java-class', /: ([\w.$/]+)/),
  after('noclassdeffounderror: ', 'java-class', /: (?:could not initialize class )?([\w.$/]+)/i),
  after("can't locate ", 'perl-module', /^can't locate (\S+\.p[ml]) in @INC/i),
  after('cannot load such file -- ', 'ruby-feature', / -- (\S+)/),

  after('unknown time zone', 'time-zone', /zone:? ['"]?([\w+/-]+)/i),
  after('no time zone found with key ', 'time-zone', /key ['"]?([\w+/-]+)/i),
  after('unknowntimezoneerror: ', 'time-zone', /: ['"]?([\w+/-]+)/),
  after('invalid value for parameter "timezone": ', 'time-zone', /: "([\w+/-]+)"/),
  after('unsupported locale setting', 'locale', /()/),
  after('cannot change locale (', 'locale', /\(([\w.@-]*)\)/),
  after('cannot set lc_', 'locale', /^cannot set lc_\w+ to ()default/i),
  after('setting locale failed', 'locale', /()/),
  after('invalid locale name: ', 'locale', /: "([\w.@-]*)"/),
  after('unknown encoding: ', 'charset', /: '?([\w:.+-]+)/),
  after('unsupportedcharsetexception: ', 'charset', /: ([\w:.+-]+)/),
  after('unsupportedencodingexception: ', 'charset', /: ([\w:.+-]+)/),
  {
    phrase: 'conversion ',
    read: ({ after: text }) => {
      const match =
        /^conversion (?:from ['"‘`]?[\w:.+/-]+['"’]? )?to ['"‘`]?([\w:.+-]+)[\w/]*['"’]? is (?:not (?:supported|allowed)|unsupported)/i.exec(
          text,
        ) ?? /^conversion to ['"‘`]?([\w:.+-]+)[\w/]*['"’]? unsupported/i.exec(text);
      return clueOf('charset', match);
    },
  },
  after('failed to start conversion processing', 'charset', /()/),
  after('code converter not found', 'charset', /found \([^()]* to ([\w-]+)\)/i),
  after('could not load the provider', 'crypto-module', /provider '?([\w-]+)/i),
  after('unable to load provider ', 'crypto-module', /provider ([\w-]+)/i),
  after('digital envelope routines', 'crypto-module', /^digital envelope routines:[^:]*:un(?:supported()|known)/i),
  after('error opening terminal: ', 'terminal', /: ([\w+.-]+?)\.?$/),
  after('cannot find terminfo entry for ', 'terminal', /for ['"]?([\w+.-]+)/),

  after('getpwnam(', 'user', /^getpwnam\(+"?'?([^"')]+)["']?\) failed/i),
  after('getgrnam(', 'user', /^getgrnam\(+"?'?([^"')]+)["']?\) failed/i),
  after('name not found: ', 'user', /: '([^']+)'/),
  after('uid not found: ', 'user', /: '?(\w+)/),
  after('unknown user', 'user', /^unknown user(?: name)?:? ['"]?([\w.-]+)/i),
  after('invalid user', 'user', /^invalid (?:user|group):? ['"‘]([\w.:-]+)/i),
  after('bad user name ', 'user', /name ([\w.-]+)/),
  after('unable to find user ', 'user', /user ([\w.-]+)/),
  after('cannot find name for user id ', 'user', /id (\d+)/i),
  before(': no such user', 'user', /['"‘]?([\w.-]+)['"’]?$/),
  before(' does not exist', 'user', /\buser '?([\w.-]+)'?$/i),
  after('temporary failure in name resolution', 'host', /()/),
  after('name or service not known', 'host', /()/),
  after('getaddrinfo ', 'host', /^getaddrinfo \w+ ([\w.-]+)/),

  ...[
    'certificate verify failed',
    'unable to get local issuer',
    'unable_to_get_issuer_cert_locally',
    'unable to verify the first certificate',
    'certificate signed by unknown authority',
    'error setting certificate',
    'error adding trust anchors',
    'pkix path building failed',
    'trustanchors parameter must be non-empty',
    'ssl certificate problem',
  ].map((phrase) => after(phrase, 'certificates', /()/)),
];

/** `Cannot find module 'x'`, `Cannot find package 'x' imported from /app/a.js`. */
function nodeModule(text: string): Clue | undefined {
  const [, name, from] = /^\S+ \S+ \S+ '([^']+)'(?: imported from ['"]?([^\s'"]+))?/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const bare = name.replace(/^(?:node|file):(?:\/\/)?/, '');
  return from === undefined
    ? { kind: 'node-module', name: bare }
    : { kind: 'node-module', name: bare, from: from.replace(/^file:\/\//, '') };
}

/** What shells say: `sh: 1: mkdir: not found`, `bash: line 3: mkdir: command not found`. */
function notFound({ before: text }: Sighting): Clue | undefined {
  const [, name] =
    /: (?:command )?$/.test(text) && /(?:^|\s|\/)[\w./-]+: (?:(?:line )?\d+: )?([\w./+[-]+): (?:command )?$/.exec(text)
      ? (/([\w./+[-]+): (?:command )?$/.exec(text) ?? [])
      : [];
  if (name === undefined) return undefined;
  return name.includes('/') ? { kind: 'path', name } : { kind: 'program', name };
}
