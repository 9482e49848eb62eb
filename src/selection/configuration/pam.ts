import type { ConfigurationFormat, DirectiveUse, Statement } from './configuration-format.js';

/** What a module reads when it is asked, which is later than when it is loaded (the FILES section of each manual page). */
const dataOfModules: Readonly<Record<string, readonly string[]>> = {
  pam_unix: ['/etc/shadow', '/etc/login.defs', '/sbin/unix_chkpwd', '/usr/sbin/unix_chkpwd'],
  pam_env: ['/etc/security/pam_env.conf', '/etc/environment', '/etc/default/locale'],
  pam_limits: ['/etc/security/limits.conf', '/etc/security/limits.d/*'],
  pam_access: ['/etc/security/access.conf', '/etc/security/access.d/*'],
  pam_group: ['/etc/security/group.conf'],
  pam_time: ['/etc/security/time.conf'],
  pam_faillock: ['/etc/security/faillock.conf'],
  pam_pwquality: ['/etc/security/pwquality.conf', '/etc/security/pwquality.conf.d/*'],
  pam_pwhistory: ['/etc/security/pwhistory.conf', '/etc/security/opasswd'],
  pam_namespace: ['/etc/security/namespace.conf', '/etc/security/namespace.init'],
  pam_securetty: ['/etc/securetty'],
  pam_shells: ['/etc/shells'],
  pam_motd: ['/etc/motd', '/etc/motd.d/*'],
  pam_umask: ['/etc/login.defs'],
  pam_wheel: ['/etc/group'],
};

const moduleDirectories = [
  '/lib/*/security',
  '/lib/security',
  '/lib64/security',
  '/usr/lib/*/security',
  '/usr/lib/security',
  '/usr/lib64/security',
];
const serviceDirectories = ['/etc/pam.d', '/usr/lib/pam.d'];

const included: DirectiveUse = {
  files: (args) => args.slice(0, 1).flatMap((name) => serviceDirectories.map((directory) => `${directory}/${name}`)),
};
const module: DirectiveUse = { files: ([control = '', name = '']) => filesOf(control, name) };

/** Services of PAM (pam.conf(5)): libpam loads a service's modules when somebody logs in by it, and `other` for the rest. */
export const pam: ConfigurationFormat = {
  name: 'pam',
  files: /^(?:\/etc|\/usr\/lib)\/pam\.d\/[^/]+$/,
  programs: [],
  parse: parseStatements,
  uses: new Map([
    ['@include', included],
    ...['auth', 'account', 'password', 'session'].map((type) => [type, module] as const),
  ]),
  bases: [],
  alongside: ['/etc/pam.d/other'],
};

function filesOf(control: string, name: string): readonly string[] {
  if (control === 'include' || control === 'substack') return included.files?.([name]) ?? [];
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.so$/, '');
  const modules = name.startsWith('/') ? [name] : moduleDirectories.map((directory) => `${directory}/${name}`);
  return [...modules, ...(Object.hasOwn(dataOfModules, base) ? (dataOfModules[base] ?? []) : [])];
}

/** `[-]type control module arguments…`, where the control may be a list in brackets. */
function* parseStatements(text: string): Generator<Statement> {
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const [type, ...args] = line.replace(/#.*/, '').match(/\[[^\]]*\]?|[^\s[]+/g) ?? [];
    if (type !== undefined) yield { directive: type.replace(/^-/, '').toLowerCase(), args };
  }
}
