import type { ImageConfig } from '../../image/image.js';
import type { Secret } from './secret.js';
import { isPlausible, tokenFormats } from './token-formats.js';

/** How a variable that holds a secret is named; one that ends in `_FILE` says where it is. */
const secretName =
  /(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET[-_.]?KEY|API[-_.]?KEY|ACCESS[-_.]?KEY|PRIVATE[-_.]?KEY|ENCRYPTION[-_.]?KEY|CREDENTIALS?)$/i;

/** What stands there instead of a secret: nothing, a reference, a switch, a number of seconds, a place. */
const noSecret =
  /^(?:|\$.*|<.*>|\{\{.*|%.*%|true|false|yes|no|on|off|none|null|nil|undefined|disabled?|enabled?|optional|required|\d{1,6}|\*+|x+|\.+|\/.*|.*change[-_]?(?:me|it|this).*|.*example.*|your[-_ ].*|todo|tbd)$/i;

/** Secrets in what a config says: by the names of variables and labels, and by the format of any value. */
export function configSecrets(config: ImageConfig): readonly Secret[] {
  const named: readonly (readonly [string, string, string])[] = [
    ...(config.Env ?? []).map((variable) => {
      const cut = variable.indexOf('=');
      const name = cut === -1 ? variable : variable.slice(0, cut);
      return ['Env', name, cut === -1 ? '' : variable.slice(cut + 1)] as const;
    }),
    ...Object.entries(config.Labels ?? {}).map(([name, value]) => ['Labels', name, String(value)] as const),
  ];
  const words = [config.Entrypoint, config.Cmd, config.Healthcheck?.Test, config.OnBuild, config.Shell];
  return [
    ...named.flatMap(([field, name, value]) => {
      const what = describeToken(value) ?? (isNamedSecret(name, value) ? 'by its name a secret' : undefined);
      return what === undefined ? [] : [secretAt(`${field} ${name}`, what)];
    }),
    ...['Entrypoint', 'Cmd', 'Healthcheck', 'OnBuild', 'Shell'].flatMap((field, index) => {
      const what = describeToken((words[index] ?? []).join('\n'));
      return what === undefined ? [] : [secretAt(field, what)];
    }),
  ];
}

/** True for a value that by the name of its variable is a secret, and doesn't stand in place of one. */
export function isNamedSecret(name: string, value: string): boolean {
  return secretName.test(name) && !noSecret.test(value.trim());
}

/** What a text has that its issuer made recognisable; also a URL with a password in it (RFC 3986, section 3.2.1). */
export function describeToken(value: string): string | undefined {
  const format = tokenFormats.find(({ pattern }) => value.match(pattern)?.some(isPlausible));
  if (format !== undefined) return format.what;
  const [, password = ''] = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]*:([^\s/@]{3,})@/i.exec(value) ?? [];
  return password === '' || noSecret.test(password) ? undefined : 'a URL with a password';
}

function secretAt(field: string, what: string): Secret {
  return { where: { kind: 'config', field }, what };
}
