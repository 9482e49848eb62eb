import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openGitlabClone, previewGitlabPipeline } from '../support/gitlab-runner.ts';
import { readGitlabPipelines, readRepository } from '../support/read-pipelines.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

/** What gitlab-ci-local makes of a pipeline that includes the component, by GitLab's own schema. */
async function preview(pipeline: string, template?: string): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'gitlab-'));
  directories.push(temporary);
  const workspace = join(temporary, 'workspace');
  await mkdir(workspace);
  await writeFile(join(workspace, '.gitlab-ci.yml'), pipeline);
  return await previewGitlabPipeline(
    await openGitlabClone({ workspace, temporary, ...(template ? { template } : {}) }),
  );
}

const pipelines = readGitlabPipelines();

test.each(pipelines)(
  '$name: the component is found by its version, its inputs fit, and the job is as GitLab wants it',
  async ({ text }) => {
    const all = await preview(text);
    expect(all).toMatch(/json schema validated in .*\n---\n/);
    expect(all).toMatch(/^slimtrace:\n {2}stage: build$/m);
    expect(all).not.toContain('$[[');
  },
);

test('there are the example’s and the README’s', () => {
  expect(pipelines.length).toBeGreaterThanOrEqual(2);
});

const [{ text: example } = { text: '' }] = pipelines;
const template = readRepository('templates/slimtrace.yml');

test.each([
  [
    'an input that is missing',
    example.replace('      build: |', '      biuld: |'),
    template,
    /`build` input: required/,
  ],
  ['a version that isn’t there', example.replace('@0.1.0', '@0.1.9'), template, /could not be fetched/],
  ['a key of the job', example, template.replace('before_script:', 'before_scripts:'), /before_scripts/],
  ['a kind of report', example, template.replace('dotenv: slimtrace', 'dotenvs: slimtrace'), /dotenvs/],
])('%s is found', async (_, pipeline, changed, finding) => {
  expect([pipeline, changed]).not.toEqual([example, template]);
  const all = await preview(pipeline, changed);
  expect(all).toMatch(finding);
  expect(all).not.toContain('\n---\n');
});

test('the example pushes from the default branch alone, and a command that fails ends it', async () => {
  const { push } = parse(example).include[0].inputs;
  const run = async (branch: Record<string, string>, failing = 'none') => {
    // A login reads the password to its end: an echo whose reader is gone fails the script.
    const docker = `docker() { echo "$1"; if [ "$1" = login ]; then cat >/dev/null; fi; [ "$1" != ${failing} ]; }`;
    const env = { CI_DEFAULT_BRANCH: 'main', ...branch };
    const input = `set -eo pipefail\n${docker}\n${push}`;
    const { stdout, exitCode } = await execa('busybox', ['sh'], { input, env, reject: false });
    return [exitCode, stdout.split('\n').join(' ')];
  };
  expect(await run({ CI_COMMIT_BRANCH: 'main' })).toEqual([0, 'login tag push tag push']);
  expect(await run({ CI_COMMIT_BRANCH: 'main' }, 'tag')).toEqual([1, 'login tag']);
  expect(await run({})).toEqual([0, '']);
});
