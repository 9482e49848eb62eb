import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBaseImage } from '../support/fixture-base.ts';
import { type GithubComment, readComments } from '../support/github-comments.ts';
import { type GithubRun, runGithubJob } from '../support/github-runner.ts';
import { openGitlabClone, runGitlabPipeline } from '../support/gitlab-runner.ts';
import { type PackedSlimtrace, packSlimtrace } from '../support/packed-slimtrace.ts';

/** The example's pipelines, run as their platforms run them, by the package as it is published. */
const example = fileURLToPath(new URL('../../fixtures/example-repository/', import.meta.url));
const workflow = '.github/workflows/slimtrace.yml';
const tag = `pipelines-${process.pid}`;

/** What images are named for. */
const commits = [tag];

let packed: PackedSlimtrace;
let directory: string;
beforeAll(async () => {
  await ensureBaseImage();
  packed = await packSlimtrace();
  directory = await mkdtemp(join(tmpdir(), 'pipelines-'));
});
afterAll(async () => {
  await packed[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
  const { stdout } = await execa('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  const isOurs = (name: string) =>
    commits.some((commit) => name.includes(commit)) || /^registry\.example\/shop[/-]/.test(name);
  const ours = stdout.split('\n').filter(isOurs);
  await execa('docker', ['image', 'rm', ...ours], { reject: false });
});

interface Place {
  readonly workspace: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was pushed, in order. */
  pushed(): Promise<string>;
  /** The comments on the pull request. */
  comments(): Promise<readonly GithubComment[]>;
}

/** A clone of the example with some of its files changed, and what a runner has beside it. */
async function checkOut(
  name: string,
  changes: Readonly<Record<string, (text: string) => string>> = {},
): Promise<Place> {
  const root = join(directory, name);
  const [workspace, temporary] = [join(root, 'workspace'), join(root, 'temporary')];
  await cp(example, workspace, { recursive: true });
  await mkdir(temporary);
  for (const [file, change] of Object.entries(changes)) {
    const before = await readFile(join(workspace, file), 'utf8').catch(() => '');
    const after = change(before);
    expect(after, `${file} is changed`).not.toBe(before);
    await writeFile(join(workspace, file), after);
  }
  const records = await packed.newRecords();
  const read = (file: string) => readFile(join(records, file), 'utf8').catch(() => '');
  const env = {
    HOME: root,
    PATH: `${packed.bin}:${process.env.PATH}`,
    DOCKER_HOST: process.env.DOCKER_HOST,
    DOCKER_BUILDKIT: '0',
    RECORDS: records,
    GLOBAL_PREFIX: join(root, 'global'),
  };
  return { workspace, temporary, env, pushed: () => read('pushed'), comments: () => readComments(records) };
}

async function runGithub(place: Place, event: 'push' | 'pull_request', env: Record<string, string> = {}) {
  const github = { event_name: event, sha: tag, event: { pull_request: { number: 7 } } };
  return await runGithubJob(workflow, { ...place, env: { ...place.env, ...env }, github });
}

/** The same on every machine: sizes, counts, times, IDs and directories are named instead of shown. */
function normalise(text: string, { workspace, temporary }: Place): string {
  return text
    .replaceAll(temporary, 'TEMP')
    .replace(/(?<=TEMP\/slimtrace\/run-)\w{6}/g, 'X')
    .replaceAll(workspace, 'WORKSPACE')
    .replaceAll(tag, 'SHA')
    .replace(/sha256:[0-9a-f]{64}/g, 'ID')
    .replace(/\b\d+(?:\.\d+)? (?:B|kB|MB|GB)\b/g, 'SIZE')
    .replace(/\b\d+(?:\.\d+)? s\b/g, 'TIME')
    .replace(/\d+\.\d+(?=%)|(?<="reduction":")[\d.]+/g, 'P')
    .replace(/(?<=(?:size-before|size-after|files-kept|SIZE_BEFORE|SIZE_AFTER|FILES_KEPT)(?:=|":"))\d+/g, 'N')
    .replace(/(?<=reduction=|REDUCTION=)[\d.]+/g, 'P')
    .replace(/ (?:\d{1,3}(?:,\d{3})+|\d{3,4}) (?=\|)/g, ' N ')
    .replace(/(?<=\} )(?![01]$)[\d.]+$/gm, 'N')
    .replace(/(?<=^(?:passed|failed) .*) \d+$/gm, ' N')
    .replace(/(?<=\/usr\/lib\/)\w+-linux-gnu\w*/g, 'ARCH')
    .replace(/(?<= time=")[\d.]+/g, 'T');
}

/** What is printed at the end: progress comes in no certain order, and columns are as wide as the figures. */
function resultOf(log: string): string {
  const begin = log.search(/^ +image +original/m);
  return log
    .slice(Math.max(0, begin))
    .split('\n')
    .filter((line) => !line.startsWith('::'))
    .map((line) => line.replace(/ {2,}/g, '  '))
    .join('\n');
}

async function githubTranscript(run: GithubRun, place: Place): Promise<string> {
  const slim = run.steps.find(({ name }) => name === 'Slim');
  const outputs = Object.entries(run.outputs.slim ?? {}).map(([name, value]) => `${name}=${value}`);
  const parts = [
    '== steps',
    ...run.steps.map(({ name, conclusion }) => `${name}: ${conclusion}`),
    '== log',
    resultOf(slim?.log ?? ''),
    '== annotations',
    ...run.commands,
    '== outputs',
    ...outputs,
    '== summary',
    run.summary,
    '== comments',
    ...(await place.comments()).map(({ body }) => (body === run.summary ? 'the summary' : body)),
    '== pushed',
    await place.pushed(),
  ];
  return normalise(`${parts.join('\n').trimEnd()}\n`, place);
}

const expected = (name: string) => `./pipelines/${name}.txt`;

describe('on GitHub', () => {
  test('a passing build is pushed', async () => {
    const place = await checkOut('passing');
    const run = await runGithub(place, 'push');
    await expect(await githubTranscript(run, place)).toMatchFileSnapshot(expected('github-passing'));
  });

  test('a slim image that is broken fails the pull request, with a comment that says how', async () => {
    const place = await checkOut('broken', {
      'slimtrace.yaml': (text) => text.replace('    exit: 0\n', '    exit: 0\n    exclude: /app/products.txt\n'),
    });
    const run = await runGithub(place, 'pull_request');
    await expect(await githubTranscript(run, place)).toMatchFileSnapshot(expected('github-broken'));
  });

  test('an image that has drifted from its lock is not pushed', async () => {
    const place = await checkOut('drifted', {
      Dockerfile: (text) =>
        text.replace('EXPOSE 8080\n', 'EXPOSE 8080\nENV SHOP_DEBUG=1\n').replace('"web.pl"', '"-w", "web.pl"'),
    });
    const run = await runGithub(place, 'push');
    await expect(await githubTranscript(run, place)).toMatchFileSnapshot(expected('github-drifted'));
  });

  test('one image by inputs alone, without a configuration; outputs of a failure as well', async () => {
    const only = (inputs: string) => `jobs:
  slim:
    steps:
      - run: docker build --quiet --target prices --tag example/shop-prices:${tag} .
      - id: slim
        uses: slimtrace/slimtrace@v0
        with:
          image: example/shop-prices:${tag}
${inputs}
      - run: docker push "\${{ steps.slim.outputs.image }}"
`;
    const inputs = ['tag: example/tiny:$x', 'checks: "exit: 0"', 'max-size: 5MB', 'fail-on: shell, setuid'];
    const indented = inputs.map((line) => `          ${line.replace('$x', tag)}`).join('\n');
    const place = await checkOut('inputs', { [workflow]: () => only(indented), 'slimtrace.yaml': () => 'broken: [' });
    const run = await runGithub(place, 'push');
    await expect(await githubTranscript(run, place)).toMatchFileSnapshot(expected('github-inputs'));
  });

  test('an input is never script, and what can’t be meant fails before the work', async () => {
    // No such image, in a place that is no registry.
    const hostile = `$(touch ${join(directory, 'owned')}) \`id\` "; exit 0 #`;
    const steps = [
      { id: 'slim', uses: 'slimtrace/slimtrace@v0', with: { image: hostile, checks: `exec: ${hostile}` } },
    ];
    const place = await checkOut('hostile', { [workflow]: () => JSON.stringify({ jobs: { slim: { steps } } }) });
    const run = await runGithub(place, 'push');
    expect(run.steps.at(-1)?.conclusion).toMatch(/^failure \(exit code [23]\)$/);
    expect(run.outputs.slim).toMatchObject({ verdict: 'error', image: '' });
    expect(await readFile(join(directory, 'owned')).catch(() => undefined)).toBeUndefined();
    const refused = async (name: string, inputs: Record<string, string>) => {
      const only = [{ id: 'slim', uses: 'slimtrace/slimtrace@v0', with: inputs }];
      const at = await checkOut(name, { [workflow]: () => JSON.stringify({ jobs: { slim: { steps: only } } }) });
      const { steps: ran, commands } = await runGithub(at, 'push');
      expect(ran.at(-1)?.conclusion).toBe('failure (exit code 2)');
      return commands.join('\n');
    };
    expect(await refused('both', { image: 'a', config: 'b' })).toMatch(
      /^::error::.*either image, or config and images$/,
    );
    expect(await refused('check', { image: 'a', checks: 'ping' })).toMatch(/^::error::.*"ping" is not http:/);
    expect(await refused('size', { 'max-size': '1MB' })).toMatch(/^::error::.*max-size goes with image/);
  });
});

describe('on GitLab', () => {
  /** This machine's engine in place of a service, and a later job with what it finds of the results. */
  const changes = `
slimtrace:
  services: []
after:
  stage: test
  script:
    - echo "$SLIMTRACE_VERDICT, $SLIMTRACE_IMAGE_WEB, $SLIMTRACE_REDUCTION%"
`;
  const runGitlab = async (name: string, variables: Record<string, string> = {}) => {
    const place = await checkOut(name, { '.gitlab-ci.yml': (text) => text + changes });
    const PATH = `${place.env.GLOBAL_PREFIX}/bin:${place.env.PATH}`;
    const clone = await openGitlabClone({ ...place, env: { ...place.env, PATH } });
    commits.push(clone.commit);
    const { exitCode, jobs, all } = await runGitlabPipeline(clone, {
      CI_REGISTRY: 'registry.example',
      CI_REGISTRY_IMAGE: 'registry.example/shop',
      CI_REGISTRY_USER: 'somebody',
      CI_REGISTRY_PASSWORD: 'secret',
      ...variables,
    });
    const job = jobs.slimtrace;
    if (job === undefined) throw new Error(`the job wasn't run:\n${all}`);
    // What it left, or else what it said instead.
    const read = (file: string) => readFile(join(job.directory, file), 'utf8').catch(() => all);
    const parts = [
      `== exit code ${exitCode}`,
      resultOf(job.log),
      '== artifacts',
      ...job.artifacts,
      '== dotenv',
      await read('slimtrace.env'),
      '== junit',
      await read('slimtrace-junit.xml'),
      '== metrics',
      await read('slimtrace-metrics.txt'),
      '== later job',
      jobs.after?.log ?? 'not run',
      '== pushed',
      await place.pushed(),
    ];
    return normalise(`${parts.join('\n').trimEnd()}\n`, place).replaceAll(clone.commit, 'SHA');
  };

  test('a passing build is pushed, and later jobs know of it', async () => {
    await expect(await runGitlab('gitlab-passing')).toMatchFileSnapshot(expected('gitlab-passing'));
  });

  test('an image over its budget is not, and no later job runs', async () => {
    const transcript = await runGitlab('gitlab-budget', { PRICES_MAX_SIZE: '5MB' });
    await expect(transcript).toMatchFileSnapshot(expected('gitlab-over-budget'));
  });
});
