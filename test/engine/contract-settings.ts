import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openScratch } from '../support/run-docker.ts';
import type { Contract } from './contract.ts';

/** What `docker run` lets a user set: environment, user, working directory, command, capabilities. */
export function describeSettings(contract: Contract): void {
  describe('environment', () => {
    test('the image’s, then env files, then --env; a name alone takes the host’s value or none', async () => {
      vi.stubEnv('CONTRACT_OF_HOST', 'the host');
      vi.stubEnv('CONTRACT_UNSET', undefined);
      await using scratch = await openScratch();
      const file = join(scratch.path, 'variables');
      await writeFile(
        file,
        '# a comment\n\n  INDENTED=yes\nREPLACED=by the file\nQUOTED="kept"\nCONTRACT_OF_HOST\nCONTRACT_UNSET\nSPACED= x=y \nLAST=file\n',
      );
      const env = ['LAST=option', 'EMPTY=', 'LINES=a\nb', 'CONTRACT_UNSET'];
      const spec = { env, envFiles: [file], entrypoint: '', command: ['cat', '/proc/self/environ'] };
      const { stdout } = await contract.run(spec, 'contract');
      const variables = stdout.toString('utf8').split('\0');
      expect(variables).toEqual(
        expect.arrayContaining([
          'PATH=/bin:/usr/bin',
          'FROM_IMAGE=said by the image',
          'REPLACED=by the file',
          'INDENTED=yes',
          'QUOTED="kept"',
          'CONTRACT_OF_HOST=the host',
          'SPACED= x=y ',
          'LAST=option',
          'EMPTY=',
          'LINES=a\nb',
        ]),
      );
      expect(variables.join('\0')).not.toMatch(/CONTRACT_UNSET|a comment|LAST=file/);
      vi.unstubAllEnvs();
    });

    test('PATH, HOME and HOSTNAME are there when nobody sets them', async () => {
      const printed = await contract.print('echo "$PATH $HOME"; test "$HOSTNAME" = "$(hostname)"');
      expect(printed).toBe('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root\n');
      expect(await contract.print('echo "$PATH $HOME"', { env: ['PATH=/bin', 'HOME=/elsewhere'] })).toBe(
        '/bin /elsewhere\n',
      );
    });

    test('nothing of the host’s environment gets in', async () => {
      vi.stubEnv('CONTRACT_SECRET', 'of the host');
      vi.stubEnv('https_proxy', 'http://user:password@proxy.invalid:3128');
      expect(await contract.print('env')).not.toMatch(/CONTRACT_SECRET|proxy/);
      vi.unstubAllEnvs();
    });
  });

  describe('user', () => {
    test('root, in its groups, when nobody says another', async () => {
      expect(await contract.print('id -u; id -g')).toBe('0\n0\n');
    });

    contract.optional('users', 'by name: with its group, its supplementary groups and its home', async () => {
      const line = 'id -u; id -g; id -G; echo "$HOME"';
      expect(await contract.print(line, { user: 'app' })).toBe('1000\n1000\n1000 2000\n/home/app\n');
    });

    contract.optional('users', 'by ID, known to /etc/passwd or not; with a group', async () => {
      expect(await contract.print('id -u; id -g; echo "$HOME"', { user: '1000' })).toBe('1000\n1000\n/home/app\n');
      expect(await contract.print('id -u; id -g; echo "$HOME"', { user: '7777' })).toBe('7777\n0\n/\n');
      expect(await contract.print('id -u; id -g', { user: '1000:7778' })).toBe('1000\n7778\n');
      expect(await contract.print('id -u; id -g', { user: 'app:extra' })).toBe('1000\n2000\n');
    });

    test('one that the image doesn’t know: not started, and the state says why', async () => {
      await using container = await contract.create({ user: 'nobody-knows', command: ['true'] });
      await expect(container.start()).rejects.toMatchObject({ code: 'engine-command' });
      const { isRunning, exitCode, problem } = await container.state();
      expect({ isRunning, problem }).toEqual({ isRunning: false, problem: expect.stringMatching(/nobody-knows/) });
      expect(exitCode).toBeGreaterThan(0);
    });

    contract.optional('users', 'a setuid program has its owner’s rights', async () => {
      const { stdout } = await contract.run({ user: 'app', entrypoint: '/usr/bin/setuid-id', command: ['-u'] });
      expect(stdout.toString('utf8')).toBe('0\n');
    });
  });

  describe('command', () => {
    const printed = async (...run: Parameters<Contract['run']>) => (await contract.run(...run)).stdout.toString('utf8');

    test('entrypoint and command: the image’s, replaced, and cleared', async () => {
      expect(await printed({}, 'contract')).toBe('entrypoint: command of the image\n');
      expect(await printed({ command: ['of', 'mine'] }, 'contract')).toBe('entrypoint: of mine\n');
      // docker-run(1): with another entrypoint the image's command is not its argument.
      expect(await printed({ entrypoint: '/bin/pwd' }, 'contract')).toBe('/work\n');
      expect(await printed({ entrypoint: '/bin/echo', command: ['-n', 'a  b', ''] }, 'contract')).toBe('a  b ');
      expect(await printed({ entrypoint: '', command: ['echo', 'cleared'] }, 'contract')).toBe('cleared\n');
    });

    test('words that look like options reach the program', async () => {
      expect(await printed({ command: ['--rm', '--', '-x'] }, 'contract')).toBe('entrypoint: --rm -- -x\n');
    });

    test('the working directory: /, the image’s, or the one asked for', async () => {
      expect(await contract.print('pwd')).toBe('/\n');
      expect(await contract.print('pwd', {}, 'contract')).toBe('/work\n');
      expect(await contract.print('pwd', { workdir: '/data' }, 'contract')).toBe('/data\n');
    });

    contract.optional('missing-workdir', 'a working directory that is not there is made', async () => {
      expect(await contract.print('pwd', { workdir: '/made/for/this' })).toBe('/made/for/this\n');
    });

    test('the application is PID 1, as it would be in production', async () => {
      expect(await contract.print('echo $$')).toBe('1\n');
    });
  });

  describe('capabilities', () => {
    const capabilities = "sed -n 's/^Cap\\(Prm\\|Eff\\|Bnd\\|Amb\\):\\t//p; s/^NoNewPrivs:\\t//p' /proc/self/status";

    test('Docker’s default set, and what is added to it', async () => {
      // Fourteen of them (moby, oci/caps/defaults.go).
      const usual = '00000000a80425fb\n';
      expect(await contract.print(capabilities)).toBe(`${usual.repeat(3)}0000000000000000\n0\n`);
      const added = '00000000a82c25fb\n';
      const addedCapabilities = ['SYS_ADMIN', 'SYS_PTRACE'];
      expect(await contract.print(capabilities, { addedCapabilities })).toMatch(new RegExp(`^(?:${added}){3}`));
    });

    contract.optional(
      'users',
      'another user than root has none, but may gain them by executing a program',
      async () => {
        const none = '0000000000000000\n';
        expect(await contract.print(capabilities, { user: 'app' })).toBe(`${none}${none}00000000a80425fb\n${none}0\n`);
      },
    );
  });
}
