import { type ConfigurationFormat, content, files, type Statement } from './configuration-format.js';

/** nginx: `include` is relative to the directory of the main file, modules to the prefix that nginx was built with. */
export const nginx: ConfigurationFormat = {
  name: 'nginx',
  files:
    /\/nginx\/(?:conf\/)?(?:[^/]+\.conf|(?:conf|modules|sites|snippets|http|stream|default)[^/]*\/[^/]+)$|\/nginx\.conf$/,
  programs: ['nginx', 'openresty'],
  parse: parseStatements,
  uses: new Map([
    ['include', files],
    ['load_module', files],
    ['ssl_certificate', files],
    ['ssl_certificate_key', files],
    ['ssl_trusted_certificate', files],
    ['ssl_client_certificate', files],
    ['ssl_dhparam', files],
    ['ssl_crl', files],
    ['ssl_password_file', files],
    ['auth_basic_user_file', files],
    ['proxy_ssl_certificate', files],
    ['proxy_ssl_certificate_key', files],
    ['proxy_ssl_trusted_certificate', files],
    ['geoip_country', files],
    ['js_import', files],
    ['root', content],
    ['alias', content],
  ]),
  bases: ['/etc/nginx', '/usr/share/nginx', '/usr/lib/nginx', '/usr/local/nginx'],
  alongside: [],
};

/** `directive argument… ;` or `{`, with comments and quotes (ngx_conf_read_token in src/core/ngx_conf_file.c). */
function* parseStatements(text: string): Generator<Statement> {
  const tokens = text.matchAll(
    /#[^\n]*|[;{}]|"((?:[^"\\]|\\[\s\S])*)"?|'((?:[^'\\]|\\[\s\S])*)'?|(?:\$\{|\\[\s\S]|[^\s;{}\\])+/g,
  );
  let words: string[] = [];
  for (const [token, double, single] of tokens) {
    if (token.startsWith('#')) continue;
    if (token === ';' || token === '{' || token === '}') {
      const [directive, ...args] = words;
      if (directive !== undefined) yield { directive, args };
      words = [];
    } else words.push(double ?? single ?? token);
  }
}
