import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { writeHostSettings } from '../support/fixture-host-settings.ts';
import { describeOnEngine, docker, openScratch } from '../support/run-docker.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What the kernel asks of a container in which containers are to be made: namespaces, and a /proc that nothing covers. */
const nesting = ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'];
const environment = '. /host/npm.env; export TMPDIR=/var/tmp; cd /src';

// README's first command, where there is Debian's base, Node.js with npm, and nothing else: no engine, compiler or git.
describeOnEngine('the demo from a fresh clone in a bare Debian', () => {
  let container: string;

  beforeAll(async () => {
    await ensureBaseImage();
    await using scratch = await openScratch();
    await execa('git', ['clone', '--quiet', '--no-hardlinks', checkout, join(scratch.path, 'src')]);
    await writeHostSettings(join(scratch.path, 'host'));
    const command = ['sleep', 'infinity'];
    container = await docker(['create', '--cap-add', 'SYS_ADMIN', ...nesting, '--init', baseImage, ...command]);
    await docker(['cp', join(scratch.path, 'src'), `${container}:/src`]);
    await docker(['cp', join(scratch.path, 'host'), `${container}:/host`]);
    await docker(['start', container]);
    const npm = dirname(dirname(await realpath((await execa('which', ['npm'])).stdout)));
    await sh('root', 'mkdir -p /usr/local/bin /usr/local/lib/node_modules');
    await docker(['cp', process.execPath, `${container}:/usr/local/bin/node`]);
    await docker(['cp', '--follow-link', npm, `${container}:/usr/local/lib/node_modules/npm`]);
    await sh('root', 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm');
    await sh('root', 'useradd --create-home ann && chmod 777 /var/tmp && chown -R ann /src /host');
    for (const tool of ['docker', 'podman', 'gcc', 'git', 'python3'])
      expect((await sh('root', `command -v ${tool}`, { mayFail: true })).exitCode, `${tool} is there`).not.toBe(0);
  });
  afterAll(async () => {
    if (container !== undefined) await docker(['rm', '--force', '--volumes', container]);
  });

  const sh = (user: string, line: string, { mayFail = false } = {}) =>
    execa('docker', ['exec', '--user', user, container, 'bash', '-c', line], { reject: !mayFail, all: true });

  // First the one with fewer rights: what root has made, it could not write.
  test.each([
    ['a user without privileges', 'ann'],
    ['root', 'root'],
  ])(
    'as %s',
    async (_, user) => {
      const { exitCode, all } = await sh(user, `${environment} && bash fixtures/demo.sh /var/tmp/demo-${user}`, {
        mayFail: true,
      });
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/^engine: embedded \(as asked\)$/m);
      expect(all).toMatch(/^size +\d+ MB +1\d\d MB +-\d\d\.\d%$/m);
      expect(all.match(/^same +http /gm)).toHaveLength(6);
      expect(all).toContain('answers as the original does');
      expect(all).toContain('typescript/package.json is out of');
      const { stdout } = await sh(
        user,
        `cd /var/tmp/demo-${user} && ls && ls -d /var/tmp/slimtrace-* 2>/dev/null; true`,
      );
      expect(stdout.split('\n')).toEqual(['fat.tar', 'report.json', 'slim.tar']);
    },
    600_000,
  );

  test('what root’s run left is loaded and run by Docker', async () => {
    await using scratch = await openScratch();
    await docker(['cp', `${container}:/var/tmp/demo-root/slim.tar`, join(scratch.path, 'slim.tar')]);
    const loaded = await docker(['load', '--quiet', '--input', join(scratch.path, 'slim.tar')]);
    const image = /Loaded image: (\S+)/.exec(loaded)?.[1] ?? '';
    try {
      const program = 'console.log(require("node:fs").readdirSync("/app").join(" "))';
      expect(await docker(['run', '--rm', image, '-e', program])).toContain('dist');
    } finally {
      await docker(['image', 'rm', '--force', image]);
    }
    expect(await readFile(join(checkout, 'README.md'), 'utf8')).toContain('bash fixtures/demo.sh');
  });
});
