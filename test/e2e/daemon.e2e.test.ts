import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { describeOnEngine, openScratch, testWith } from '../support/run-docker.ts';
import { copyImage, startDaemon } from '../support/run-dockerd.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const needs = ['root', 'dockerd'];
const tag = 'slimtrace-test/daemon:slim';

describeOnEngine('a daemon of its own', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await ensureBaseImage();
  });
  afterAll(() => slimtrace[Symbol.asyncDispose]());

  testWith(
    needs,
    'it dies midway: exit 3 in clear words, no temporary file, and the next run sweeps what it left',
    async () => {
      await using daemon = await startDaemon();
      await copyImage(baseImage, daemon.host);
      const env = { DOCKER_HOST: daemon.host };
      for (const checks of [['--exit'], ['--exec', 'cat /nowhere'], ['--http', '/', '--port', '80']]) {
        const args = ['slim', baseImage, '--tag', tag, '--timeout', '120', ...checks, '--', 'sleep', '60'];
        const run = slimtrace.start(args, { env, leavesEngineAlone: true });
        await run.waitFor(/list the files of the image: /);
        await daemon.kill();
        const { exitCode, stdout, stderr } = await run.ended;
        expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 3, stdout: '' });
        expect(stderr).toMatch(/^error: the container engine does not answer$/m);
        expect(stderr).toMatch(/^hint: is the daemon running/m);
        expect(stderr).not.toMatch(/^ {4}at /m);
        expect(await readdir(slimtrace.temporaryDirectory)).toEqual([]);
        await daemon.restart();
      }
      expect((await containers(daemon.host)).length, 'the dead daemon could not remove them').toBeGreaterThan(0);
      const next = await slimtrace.run(['slim', baseImage, '--tag', tag, '--exit', '--', 'true'], { env });
      expect(next.exitCode, next.stderr).toBe(0);
      expect(next.stderr).toMatch(/^removed what an interrupted run had left behind: \d+ container/m);
      expect(await containers(daemon.host)).toEqual([]);
    },
  );

  testWith(needs, 'a kernel without user notification: exit 3 in the words of the agent', async () => {
    await using scratch = await openScratch();
    const profile = join(scratch.path, 'profile.json');
    // As if seccomp(2) weren't there: ENOSYS is 38 (errno(3)).
    const denied = { names: ['seccomp'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 };
    await writeFile(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [denied] }));
    await using daemon = await startDaemon(['--seccomp-profile', profile]);
    await copyImage(baseImage, daemon.host);
    const env = { DOCKER_HOST: daemon.host };
    for (const args of [
      ['--exit', '--', 'true'],
      ['--exec', 'true', '--', 'sleep', '60'],
    ]) {
      const outcome = await slimtrace.run(['slim', baseImage, '--tag', tag, '--timeout', '60', ...args], { env });
      expect(outcome, outcome.stderr).toMatchObject({ exitCode: 3, stdout: '' });
      expect(outcome.stderr).toMatch(/^error: cannot trace\b.*/m);
      expect(outcome.stderr).toMatch(/^hint: tracing needs Linux 5\.5/m);
    }
  });
});

async function containers(host: string): Promise<string[]> {
  const { stdout } = await execa('docker', ['ps', '--all', '--format', '{{.ID}} {{.Command}}'], {
    env: { DOCKER_HOST: host },
  });
  return stdout.split('\n').filter((line) => line !== '');
}
