import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configuration } from '../../../src/selection/rules/configuration.js';
import { traced } from '../../../src/selection/rules/traced.js';
import { selectFiles } from '../../../src/selection/select.js';
import { hostContents, hostTree } from '../host-image.js';
import { plainOptions, smallTrace } from '../small-image.js';

const roots = [
  '/etc/nginx',
  '/usr/share/nginx',
  '/usr/lib/nginx',
  '/etc/pam.d',
  '/etc/security',
  '/usr/lib/x86_64-linux-gnu/security',
  '/usr/lib/aarch64-linux-gnu/security',
];
const single = ['/lib', '/etc/shadow', '/etc/login.defs'];

/** What is kept of this machine when a program reads `path`. */
async function keptFor(path: string): Promise<ReadonlySet<string>> {
  const { selection } = await selectFiles(
    {
      tree: hostTree(roots, single),
      contents: hostContents,
      config: {},
      env: [],
      trace: smallTrace(`read ${path}`),
      healed: [],
      options: plainOptions,
    },
    [traced, configuration],
  );
  return new Set(selection.keys());
}

describe('the configuration of real software', () => {
  const dump = spawnSync('nginx', ['-T', '-q', '-g', 'error_log stderr;'], { encoding: 'utf8' });
  const hasNginx = dump.status === 0;
  it.skipIf(!hasNginx && !process.env.CI)('nginx: every file that nginx itself includes', async () => {
    expect(hasNginx, `CI needs nginx, and root: ${dump.stderr}`).toBe(true);
    const read = [...dump.stdout.matchAll(/^# configuration file (.*):$/gm)].map((match) => match[1] ?? '');
    const kept = await keptFor('/etc/nginx/nginx.conf');
    const real = (path: string) => hostTree(roots, single).resolve(path).entry?.path ?? path;
    expect(read.length).toBeGreaterThan(1);
    expect(read.map(real).filter((path) => !kept.has(path))).toEqual([]);
  });

  const services = spawnSync('ls', ['/etc/pam.d/su', '/etc/shadow']).status === 0;
  it.skipIf(!services)('PAM: every module that a service of su reaches by its includes', async () => {
    const text = ['su', 'common-auth', 'common-account', 'common-session', 'other']
      .map((service) => readFileSync(`/etc/pam.d/${service}`, 'utf8'))
      .join('\n');
    const named = new Set([...text.matchAll(/^[^#\n]*\b(pam_\w+\.so)/gm)].map((match) => match[1] ?? ''));
    const directory = roots.find(
      (root) => root.includes('-linux-gnu/') && hostTree([root], []).has(`${root}/pam_unix.so`),
    );
    const present = readdirSync(directory ?? '/').filter((module) => named.has(module));
    const kept = await keptFor('/etc/pam.d/su');
    expect(present).toContain('pam_unix.so');
    expect(present.filter((module) => !kept.has(`${directory}/${module}`))).toEqual([]);
    expect(kept).toContain('/etc/shadow');
  });
});
