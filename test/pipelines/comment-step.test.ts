import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readComments, writeComments, writeGh } from '../support/github-comments.ts';
import { runGithubJob } from '../support/github-runner.ts';

/** The example's workflow with a step that only says what slimtrace would in place of the action, and no engine. */
const example = fileURLToPath(new URL('../../fixtures/example-repository/', import.meta.url));
const workflow = '.github/workflows/slimtrace.yml';
const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

const bot = { login: 'github-actions[bot]' };
const body = '## slimtrace: 1 proved, 1 failed\n';

async function runPullRequest(
  outcome: string,
  before: Parameters<typeof writeComments>[1] = [],
  env: Record<string, string> = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'comment-'));
  directories.push(directory);
  const [workspace, temporary] = [join(directory, 'workspace'), join(directory, 'temporary')];
  await cp(join(example, '.github'), join(workspace, '.github'), { recursive: true });
  await mkdir(temporary);
  const text = await readFile(join(workspace, workflow), 'utf8');
  const changed = text
    .replace(/uses: slimtrace\/slimtrace@\S+/, () => `run: ${JSON.stringify(outcome)}`)
    .replaceAll(/^ +docker build .*$/gm, '          true')
    .concat('      - name: Later\n        run: "true"\n');
  await writeFile(join(workspace, workflow), changed);
  await writeFile(join(directory, 'summary.md'), body);
  await writeGh(directory);
  await writeComments(directory, before);
  const { steps } = await runGithubJob(workflow, {
    workspace,
    temporary,
    env: { PATH: `${directory}:${process.env.PATH}`, RECORDS: directory, HOME: directory, ...env },
    github: { event_name: 'pull_request', sha: 'a', event: { pull_request: { number: 7 } } },
  });
  const comment = steps.find(({ name }) => name === 'Comment');
  return { comments: await readComments(directory), comment, names: steps.map(({ name }) => name) };
}

const failed = 'echo "summary-path=$RECORDS/summary.md" >>"$GITHUB_OUTPUT"; exit 1';

test('the first comment is made, and only that of an earlier run is written over', async () => {
  const first = await runPullRequest(failed);
  expect(first.comment?.conclusion, first.comment?.log).toBe('success');
  expect(first.comments).toEqual([{ id: 1000, user: bot, body }]);

  const others = [
    { id: 1, user: { login: 'somebody' }, body: '## slimtrace: looks like it' },
    { id: 3, user: bot, body: '## coverage: 80%' },
  ];
  const own = { id: 2, user: bot, body: '## slimtrace: 2 proved\n' };
  const second = await runPullRequest(failed, [...others, own]);
  expect(second.comments).toEqual([...others, { ...own, body }]);
});

test('where the token can’t write, as in a fork’s pull request, the job goes on', async () => {
  const passed = 'echo "summary-path=$RECORDS/summary.md" >>"$GITHUB_OUTPUT"';
  const { comment, comments, names } = await runPullRequest(passed, [], { GH_READ_ONLY: '1' });
  expect(comment?.conclusion).toMatch(/^failure/);
  expect(comment?.log).toContain('HTTP 403');
  expect(comments).toEqual([]);
  expect(names.at(-1)).toBe('Later');
});

test('without a summary, as when nothing was slimmed, there is no comment', async () => {
  expect((await runPullRequest('exit 2')).names).not.toContain('Comment');
});
