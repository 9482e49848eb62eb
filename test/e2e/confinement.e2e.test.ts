import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractArchive, ensureContractImage } from '../engine/contract-images.ts';
import { describeOnEngine, removeImages } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, podman } from '../support/run-podman.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tagOf = (name: string) => `slimtrace-test/confined-${name}:slim`;

describeOnEngine('a seccomp profile', () => {
  let slimtrace: Slimtrace;
  let directory: string;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    directory = await mkdtemp(join(tmpdir(), 'profiles-'));
  });
  afterAll(async () => {
    await removeImages(tagOf('shell'));
    await rm(directory, { recursive: true, force: true });
    await slimtrace[Symbol.asyncDispose]();
  });

  test('a call outside it fails, which no profile and Docker’s own let pass', async () => {
    const file = join(directory, 'shell.json');
    const command = ['--exit', '--', '/bin/sh', '-c', 'echo hello'];
    const args = [
      'slim',
      await ensureContractImage('contract-bare'),
      '--tag',
      tagOf('shell'),
      '--seccomp-profile',
      file,
    ];
    const outcome = await slimtrace.run([...args, ...command]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^seccomp +\S+shell\.json: \d+ system calls; every check passed under it$/m);
    const changesRoot = async (...security: readonly string[]) => {
      const words = [tagOf('shell'), '/bin/busybox', 'chroot', '/', '/bin/busybox', 'echo', 'changed'];
      return await execa('docker', ['run', '--rm', ...security, ...words], { reject: false });
    };
    expect(await changesRoot()).toMatchObject({ exitCode: 0, stdout: 'changed' });
    expect(await changesRoot('--security-opt', 'seccomp=unconfined')).toMatchObject({ exitCode: 0 });
    const refused = await changesRoot('--security-opt', `seccomp=${file}`);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('Operation not permitted');
  });

  test('a trace made without system calls is no ground for one, and one with them is', async () => {
    const [trace, profile] = [join(directory, 'trace.json'), join(directory, 'from-trace.json')];
    const image = await ensureContractImage('contract-bare');
    const command = ['--exit', '--', '/bin/sh', '-c', 'echo hello; umask 022'];
    const build = ['build', image, '--trace', trace, '--tag', tagOf('shell'), '--seccomp-profile', profile, ...command];
    await slimtrace.run(['trace', image, '--output', trace, ...command]);
    const outcome = await slimtrace.run(build);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain('hint: make it again with slimtrace trace --syscalls');
    expect((await slimtrace.run(['trace', image, '--syscalls', '--output', trace, ...command])).exitCode).toBe(0);
    expect(JSON.parse(await readFile(trace, 'utf8')).syscalls).toContain('umask');
    expect((await slimtrace.run(build)).exitCode).toBe(0);
    expect(allowedBy(await readFile(profile, 'utf8'))).toContain('umask');
  });

  test('the embedded engine, which applies none, and one file for two profiles are refused before the work', async () => {
    const profile = join(directory, 'embedded.json');
    const archive = `docker-archive:${await contractArchive('contract-bare')}`;
    const command = ['--exit', '--', '/bin/true'];
    const clash = [
      'slim',
      await ensureContractImage('contract-bare'),
      '--seccomp-profile',
      profile,
      '--apparmor-profile',
      profile,
    ];
    const clashed = await slimtrace.run([...clash, ...command]);
    expect(clashed.exitCode).toBe(2);
    expect(clashed.stderr).toContain('--seccomp-profile and --apparmor-profile are both');
    const outcome = await slimtrace.run(['slim', archive, '--seccomp-profile', profile, ...command]);
    expect(outcome.exitCode, outcome.stderr).toBe(2);
    expect(outcome.stderr).toContain('error: a seccomp profile can only be proved on docker or podman');
    expect(await readdir(directory)).not.toContain('embedded.json');
  });

  describeOnPodman('with podman', () => {
    let configuration: AsyncDisposable;
    const slim = async (profile: string, ...words: readonly string[]) => {
      const options = ['--engine', 'podman', '--tag', tagOf('podman'), '--seccomp-profile', profile];
      return await slimtrace.run(['slim', 'slimtrace-fixture/contract-bare', ...options, '--exit', '--', ...words], {
        leavesEngineAlone: true,
      });
    };
    beforeAll(async () => {
      configuration = await configurePodman();
      await podman(['load', '--quiet', '--input', await contractArchive('contract-bare')]);
    });
    afterAll(async () => {
      await podman(['image', 'rm', '--force', tagOf('podman')]);
      await configuration[Symbol.asyncDispose]();
    });

    test('is proved there, and one that the checks fail under is not written', async () => {
      const [good, bad] = [join(directory, 'podman.json'), join(directory, 'podman-bad.json')];
      const proved = await slim(good, '/bin/sh', '-c', 'echo hello');
      expect(proved.exitCode, proved.stderr).toBe(0);
      expect(proved.stdout).toContain('every check passed under it');
      // Podman's own profile allows user namespaces; ours allows nobody what Docker's refuses.
      const failed = await slim(bad, '/bin/unshare', '-U', '/bin/true');
      expect(failed.exitCode, failed.stderr).toBe(1);
      expect(failed.stdout).toContain('fails its checks under the profile');
      expect(failed.stdout).toContain('Operation not permitted');
      expect(await readdir(directory)).toContain('podman.json');
      expect(await readdir(directory)).not.toContain('podman-bad.json');
    });
  });
});

/** The names that a profile allows with any arguments or some. */
function allowedBy(profile: string): ReadonlySet<string> {
  const { syscalls } = JSON.parse(profile) as {
    readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string }[];
  };
  return new Set(syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap(({ names }) => names));
}
