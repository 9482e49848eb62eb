import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnEngine, openScratch, testWith } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, leftOnPodman } from '../support/run-podman.ts';
import {
  type Outcome,
  openSlimtrace,
  type RunSettings,
  type Slimtrace,
  withoutEngine,
} from '../support/run-slimtrace.ts';

interface Finding {
  readonly about: string;
  readonly status: 'ok' | 'note' | 'warning' | 'problem';
  readonly detail: string;
  readonly advice: string | null;
}

interface Report {
  readonly canSlim: boolean;
  readonly engines: readonly {
    readonly kind: string;
    readonly canTrace: boolean;
    readonly findings: readonly Finding[];
  }[];
  readonly machine: readonly Finding[];
}

const read = ({ stdout }: Outcome) => JSON.parse(stdout) as Report;

/** What was found about something: `docker engine`, `machine kernel`. */
function found(report: Report, place: string, about: string): Finding | undefined {
  const findings = place === 'machine' ? report.machine : report.engines.find(({ kind }) => kind === place)?.findings;
  return findings?.find((one) => one.about === about);
}

const able = (report: Report) => report.engines.filter(({ canTrace }) => canTrace).map(({ kind }) => kind);

describe('slimtrace doctor', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  /** Nothing but Node.js on PATH. */
  let bare: RunSettings;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    bare = await withoutEngine(scratch.path);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  describeOnEngine('with Docker', () => {
    test('runs a container under the trace there, and says so as the published schema has it', async () => {
      const bin = join(scratch.path, 'docker-only');
      await mkdir(bin);
      await symlink(process.execPath, join(bin, 'node'));
      await symlink(execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim(), join(bin, 'docker'));
      const outcome = await slimtrace.run(['doctor', '--json', '-q'], { env: { PATH: bin } });
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
      const report = read(outcome);
      const schema = await slimtrace.run(['schema', 'doctor'], { leavesEngineAlone: true });
      const validate = new Ajv2020({ strict: false }).compile(JSON.parse(schema.stdout));
      expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
      expect(report.engines.map(({ kind }) => kind)).toEqual(['docker', 'podman', 'embedded']);
      expect({ canSlim: report.canSlim, able: able(report) }).toEqual({ canSlim: true, able: ['docker', 'embedded'] });
      for (const about of ['engine', 'kernel', 'storage', 'tracing'])
        expect(found(report, 'docker', about)?.status, about).toBe('ok');
      expect(found(report, 'podman', 'engine')).toMatchObject({ status: 'note', detail: 'podman is not installed' });
      for (const about of ['node', 'kernel', 'temporary files'])
        expect(found(report, 'machine', about)?.status, about).toBe('ok');
    });
  });

  describeOnPodman('with Podman', () => {
    test('and a DOCKER_HOST where no daemon is, whose password it keeps to itself', async () => {
      await using _configured = await configurePodman();
      const env = { DOCKER_HOST: 'tcp://me:pass@hunter2@127.0.0.1:9', CONTAINERS_CONF: process.env.CONTAINERS_CONF };
      const run = slimtrace.start(['doctor'], { env, leavesEngineAlone: true });
      const outcome = await run.ended;
      expect(outcome).toMatchObject({
        exitCode: 0,
        stderr: 'looking at docker\nlooking at podman\nlooking at embedded\n',
      });
      expect(outcome.stdout).toMatch(
        /^docker\n {2}problem {2}engine {2}the container engine does not answer: .*\n +→ .*docker info/,
      );
      expect(outcome.stdout).toMatch(/^podman\n {2}ok .*Podman [\s\S]*^ {2}ok {7}tracing/m);
      expect(outcome.stdout).toContain('DOCKER_HOST=tcp://…@127.0.0.1:9');
      expect(outcome.stdout).not.toContain('hunter2');
      expect(outcome.stdout).toMatch(/\nready: slimtrace \S+ can slim images of podman, image archives here\n$/);
      expect(await leftOnPodman(run.pid)).toEqual([]);
    });
  });

  describe('without any engine', () => {
    const nobody = { uid: 65534, gid: 65534 };

    testWith(['root'], 'a user without subordinate IDs is told what that means, and can slim archives', async () => {
      // Its cache and its reports are another user's.
      const temporaryDirectory = join(scratch.path, 'nobodys');
      execFileSync('install', ['-d', '-o', '65534', '-g', '65534', temporaryDirectory]);
      execFileSync('chmod', ['755', scratch.path]);
      const outcome = await slimtrace.run(['doctor', '--json'], { ...bare, user: nobody, temporaryDirectory });
      const report = read(outcome);
      expect({ exitCode: outcome.exitCode, able: able(report) }, outcome.stdout).toEqual({
        exitCode: 0,
        able: ['embedded'],
      });
      expect(found(report, 'docker', 'engine')).toMatchObject({
        status: 'note',
        advice: expect.stringMatching(/install/),
      });
      expect(found(report, 'embedded', 'users')).toMatchObject({
        status: 'warning',
        advice: expect.stringMatching(/uidmap.*--add-subuids/),
      });
      expect(found(report, 'embedded', 'limits')?.detail).toMatch(/subordinate/);
      expect(found(report, 'machine', 'cache')?.status).toBe('warning');
    });

    testWith(['root'], 'where nothing can be slimmed the exit code is 3, and it says why', async () => {
      const { stdout, exitCode } = await slimtrace.run(['doctor', '-q'], { ...bare, user: nobody });
      expect(stdout).toMatch(/^ {2}problem {2}tracing .*could not make temporary files[\s\S]*→ set TMPDIR/m);
      expect(stdout).toMatch(/^ {2}problem {2}temporary files .*can’t be written \(EACCES\)/m);
      expect(stdout).toMatch(/\nno engine: .*\n$/);
      expect(exitCode).toBe(3);
    });
  });

  test('--verbose tells what it runs, once', async () => {
    const { stderr } = await slimtrace.run(['doctor', '-q'], { ...bare, env: { ...bare.env, SLIMTRACE_VERBOSE: '1' } });
    expect(stderr.match(/^\$ docker --version {2}\(not found/gm)).toHaveLength(1);
    expect(stderr).toMatch(/^\$ slimtrace-agent in-userns .*\(exit 0/m);
  });
});
