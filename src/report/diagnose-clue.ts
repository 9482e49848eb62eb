/** What a line of a log says was missing, by the name the program knew it by. */
export type Clue =
  /** A path, absolute or not, that could not be opened. */
  | { readonly kind: 'path'; readonly name: string }
  /** A program that was looked for in PATH. */
  | { readonly kind: 'program'; readonly name: string }
  /** A shared library or plugin, by its file name or path. */
  | { readonly kind: 'library'; readonly name: string }
  /** `package.module`. */
  | { readonly kind: 'python-module'; readonly name: string }
  /** As it was required; `from` is the file that did. */
  | { readonly kind: 'node-module'; readonly name: string; readonly from?: string }
  /** `org.example.Name`. */
  | { readonly kind: 'java-class'; readonly name: string }
  /** `Some/Module.pm`. */
  | { readonly kind: 'perl-module'; readonly name: string }
  /** As it was required, without `.rb` or with it. */
  | { readonly kind: 'ruby-feature'; readonly name: string }
  /** `Asia/Tokyo`. */
  | { readonly kind: 'time-zone'; readonly name: string }
  /** `de_DE.UTF-8`; empty when the line doesn't say. */
  | { readonly kind: 'locale'; readonly name: string }
  /** `SHIFT_JIS`, `shift_jis`; empty when the line doesn't say. */
  | { readonly kind: 'charset'; readonly name: string }
  /** An OpenSSL provider or engine; empty when the line doesn't say. */
  | { readonly kind: 'crypto-module'; readonly name: string }
  /** A terminal's description. */
  | { readonly kind: 'terminal'; readonly name: string }
  /** A user or group, by name or number. */
  | { readonly kind: 'user'; readonly name: string }
  /** A host could not be looked up. */
  | { readonly kind: 'host'; readonly name: string }
  /** A certificate's issuer isn't known. */
  | { readonly kind: 'certificates'; readonly name: string };

type Words = { readonly [K in Clue['kind']]: string };

/** What each kind of clue is called. */
export const clueWords: Words = {
  path: 'file',
  program: 'program',
  library: 'library',
  'python-module': 'Python module',
  'node-module': 'Node.js module',
  'java-class': 'Java class',
  'perl-module': 'Perl module',
  'ruby-feature': 'Ruby file',
  'time-zone': 'time zone',
  locale: 'locale',
  charset: 'character set',
  'crypto-module': 'OpenSSL module',
  terminal: 'terminal',
  user: 'user',
  host: 'host',
  certificates: 'CA certificates',
};
