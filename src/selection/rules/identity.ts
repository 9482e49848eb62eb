import type { Rule, RuleContext } from '../rule.js';

/** Who is who. Not /etc/shadow: what checks passwords opens it, and is traced. */
const identityFiles = [
  { path: '/etc/passwd', what: 'users' },
  { path: '/etc/group', what: 'groups' },
  { path: '/etc/nsswitch.conf', what: 'name services' },
];

/** User, group and name-service files: getpwuid(3) of an image without them finds nobody. */
export const identity: Rule = {
  name: 'identity',
  looksAt: 'names',
  *want({ isFirstRound }) {
    if (!isFirstRound) return;
    for (const { path, what } of identityFiles) yield { path, reason: { kind: 'identity', what }, onlyIfPresent: true };
  },
};

/** The home directory of the image's user, as an empty place: many programs write there at the first odd occasion. */
export const homeDirectory: Rule = {
  name: 'home-directory',
  looksAt: 'contents',
  *want(context) {
    if (!context.isFirstRound) return;
    const [user = ''] = (context.config.User ?? '').split(':');
    const path = homeOf(context, user === '' ? '0' : user);
    if (path?.startsWith('/'))
      yield { path, reason: { kind: 'identity', what: 'home directory' }, onlyIfPresent: true };
  },
};

function homeOf({ tree, contents }: RuleContext, user: string): string | undefined {
  const passwd = tree.resolve('/etc/passwd').entry?.path;
  const bytes = passwd === undefined ? undefined : contents(passwd);
  // passwd(5) knows no comments: a `#` can be part of someone's name.
  const accounts = Buffer.from(bytes ?? [])
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(':'));
  return accounts.find(([name, , uid]) => name === user || uid === user)?.[5];
}
