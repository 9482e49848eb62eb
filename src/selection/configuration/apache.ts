import { type ConfigurationFormat, content, files, type Statement, splitWords } from './configuration-format.js';

/**
 * Apache httpd: names are relative to ServerRoot, which is a directory above every file of the usual layouts. What stands
 * in an `<IfDefine>` or `<IfModule>` that didn't hold in the run counts like the rest: another start may define it.
 */
export const apache: ConfigurationFormat = {
  name: 'apache',
  files: /\/(?:apache2?|httpd)\/(?:.*\/)?[^/]+\.(?:conf|load)$|\/(?:httpd|apache2)\.conf$/,
  programs: ['apache2', 'httpd'],
  parse: parseStatements,
  uses: new Map([
    ['include', { files: (args) => args, isTree: true }],
    ['includeoptional', { files: (args) => args, isTree: true }],
    ['loadmodule', { files: (args) => args.slice(1) }],
    ['loadfile', files],
    ['documentroot', content],
    ['alias', { ...content, files: (args) => args.slice(1) }],
    ['scriptalias', { ...content, files: (args) => args.slice(1) }],
    ['typesconfig', files],
    ['mimemagicfile', files],
    ['authuserfile', files],
    ['authgroupfile', files],
    ['sslcertificatefile', files],
    ['sslcertificatekeyfile', files],
    ['sslcertificatechainfile', files],
    ['sslcacertificatefile', files],
    ['sslopensslconfcmd', { files: (args) => args.slice(1) }],
  ]),
  bases: ['/etc/apache2', '/etc/httpd', '/usr/local/apache2', '/usr/lib/apache2'],
  alongside: ['/etc/apache2/envvars'],
};

/** One directive a line, a backslash going on with the next; sections are lines as well. */
function* parseStatements(text: string): Generator<Statement> {
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const [directive = '', ...args] = splitWords(line.trim().replace(/^<|>$/g, ''));
    if (directive !== '' && !directive.startsWith('#')) yield { directive: directive.toLowerCase(), args };
  }
}
