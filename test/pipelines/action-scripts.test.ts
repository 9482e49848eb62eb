import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readRepository } from '../support/read-pipelines.ts';

/** The action's scripts with programs that only tell how they were called: what a runner does around slimtrace. */
const action = fileURLToPath(new URL('../../', import.meta.url));
const directories: string[] = [];
let place: string;
let env: Record<string, string>;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'action-'));
  directories.push(place);
  await writeFile(join(place, 'output'), '');
  await mkdir(join(place, 'bin'));
  env = {
    PATH: `${join(place, 'bin')}:/usr/bin:/bin`,
    GITHUB_ACTION_PATH: action,
    GITHUB_OUTPUT: join(place, 'output'),
    GITHUB_PATH: join(place, 'path'),
    RUNNER_TEMP: place,
    RUNNER_OS: 'Linux',
  };
  await symlink(process.execPath, join(place, 'bin/node'));
});
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

async function writeProgram(name: string, script: string): Promise<void> {
  await writeFile(join(place, 'bin', name), `#!/bin/bash\n${script}\n`);
  await chmod(join(place, 'bin', name), 0o755);
}

/** Starts a step of the action as the runner does: its script in a file, which is the first process. */
async function startStep(name: string, more: Record<string, string> = {}) {
  const steps = parse(readRepository('action.yml')).runs.steps as { name: string; run: string }[];
  const script = join(place, 'script');
  await writeFile(script, steps.find((step) => step.name === name)?.run ?? '');
  const options = { cwd: place, env: { ...env, ...more }, extendEnv: false, reject: false, all: true } as const;
  return { process: execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], options) };
}

const runStep = async (name: string, more?: Record<string, string>) => await (await startStep(name, more)).process;
const outputs = () => readFile(join(place, 'output'), 'utf8');

describe('Install slimtrace', () => {
  const version = '9.9.9';

  test('the wanted version is not installed again', async () => {
    await writeProgram('slimtrace', 'echo 9.9.9');
    await writeProgram('npm', 'exit 9');
    const { all, exitCode } = await runStep('Install slimtrace', { SLIMTRACE_VERSION: version });
    expect([exitCode, all]).toEqual([0, 'slimtrace 9.9.9 is installed']);
  });

  test('another is, from npm, without a script of any package, for the steps that follow', async () => {
    await writeProgram('slimtrace', 'echo 1.0.0');
    await writeProgram('npm', 'echo "npm $*"');
    const { all } = await runStep('Install slimtrace', { SLIMTRACE_VERSION: version });
    expect(all).toMatch(/^npm install --global --prefix \S+ --ignore-scripts --engine-strict .*-- slimtrace@9\.9\.9$/);
    expect(await readFile(join(place, 'path'), 'utf8')).toBe(`${place}/slimtrace/npm/bin\n`);
  });

  test('without a version, it is that of the action', async () => {
    await writeProgram('npm', 'for last; do :; done; echo "$last"');
    const { all } = await runStep('Install slimtrace');
    expect(all).toBe(`slimtrace@${JSON.parse(readRepository('package.json')).version}`);
  });

  test('a runner that can’t is told so', async () => {
    const windows = await runStep('Install slimtrace', { RUNNER_OS: 'Windows' });
    expect([windows.exitCode, windows.all]).toEqual([3, expect.stringMatching(/^::error::.*Windows.*ubuntu-latest$/)]);
    // Only what the script itself needs.
    await rm(join(place, 'bin/node'));
    await symlink('/bin/bash', join(place, 'bin/bash'));
    const bare = await runStep('Install slimtrace', { PATH: join(place, 'bin') });
    expect([bare.exitCode, bare.all]).toEqual([3, expect.stringMatching(/^::error::.*node is missing.*setup-node/)]);
  });
});

describe('Slim', () => {
  test('the exit code is slimtrace’s; each step of a job has a directory of its own', async () => {
    await writeProgram(
      'slimtrace',
      'echo "$@"; while [ "$1" != --markdown ]; do shift; done; echo hello >"$2"; exit 1',
    );
    const first = await runStep('Slim');
    const second = await runStep('Slim', { SLIMTRACE_CONFIG: 'a b.yaml', SLIMTRACE_IMAGES: ' web\njob ' });
    expect([first.exitCode, second.exitCode]).toEqual([1, 1]);
    expect(second.all).toMatch(/ --config a b\.yaml -- web job$/);
    const paths = [...(await outputs()).matchAll(/^summary-path=(.*)$/gm)].map(([, path = '']) => path);
    expect(new Set(paths).size).toBe(2);
    for (const path of paths) expect(await readFile(path, 'utf8')).toBe('hello\n');
  });

  test('without a summary, none is named', async () => {
    await writeProgram('slimtrace', 'exit 3');
    const { exitCode } = await runStep('Slim');
    expect([exitCode, await outputs()]).toEqual([3, 'verdict=error\n']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s of a cancelled job reaches slimtrace, which cleans up',
    async (signal) => {
      const begun = join(place, 'begun');
      await writeProgram('slimtrace', `sleep 60 & trap 'kill $!; echo cleaned; exit 143' TERM; touch ${begun}; wait`);
      const { process } = await startStep('Slim', { SLIMTRACE_IMAGE: 'app:1' });
      await expect.poll(() => readFile(begun).catch(() => undefined), { timeout: 20_000 }).toBeDefined();
      process.kill(signal);
      const { exitCode, all } = await process;
      expect([exitCode, all]).toEqual([143, 'cleaned']);
      // The configuration that was made of the inputs is gone.
      expect((await readdir(place)).filter((name) => name.endsWith('.json'))).toEqual([]);
    },
  );
});

/** Why shellcheck can't be asked here; in CI it must be. */
function shellcheckMissing(): string | undefined {
  try {
    execFileSync('shellcheck', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    if (process.env.CI) throw new Error('these tests must run in CI, but shellcheck is not installed');
    return 'shellcheck is not installed';
  }
}
const missing = shellcheckMissing();

describe.skipIf(missing)(`shellcheck (${missing ?? 'installed'})`, () => {
  const check = async (dialect: string, script: string) =>
    (await execa('shellcheck', [`--shell=${dialect}`, '--format=gcc', '-'], { input: script, reject: false })).stdout;

  test.each(['install', 'slim'])('action/%s.sh', async (name) => {
    expect(await check('bash', readRepository(`action/${name}.sh`))).toBe('');
  });

  test('the steps of the example’s workflow', async () => {
    const { jobs } = parse(readRepository('fixtures/example-repository/.github/workflows/slimtrace.yml'));
    for (const { run = '' } of jobs.images.steps) expect(await check('bash', `#!/bin/bash\n${run}`)).toBe('');
  });

  test('the component’s job with the example’s inputs, in a shell that is no Bash', async () => {
    const { inputs } = parse(readRepository('fixtures/example-repository/.gitlab-ci.yml')).include[0];
    const template = readRepository('templates/slimtrace.yml').split('\n---\n')[1] ?? '';
    const [job] = Object.values(parse(template)) as { before_script: string[]; script: string[] }[];
    const lines = [...(job?.before_script ?? []), ...(job?.script ?? [])];
    const script = lines.join('\n').replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => inputs[name]);
    // One key a word, by intent; a file that is made by the run; what that file sets.
    const meant = ['SC2086', 'SC1091', 'SC2154'];
    const found = (await check('dash', script))
      .split('\n')
      .filter((line) => !meant.some((code) => line.includes(code)));
    expect(found.join('\n')).toBe('');
  });

  test('finds what is wrong', async () => {
    expect(await check('bash', 'rm $file\n')).toContain('SC2086');
  });
});
