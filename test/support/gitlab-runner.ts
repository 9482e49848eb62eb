import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const templates = fileURLToPath(new URL('../../templates/', import.meta.url));
const require = createRequire(import.meta.url);
const program = require.resolve('gitlab-ci-local');
const forNode20 = new URL('./set-union.mjs', import.meta.url).href;

/** Where the component and who includes it are, as far as Git is told. */
const server = 'https://gitlab.example';

interface GitlabProject {
  /** A directory with a pipeline; it becomes a clone with one commit. */
  readonly workspace: string;
  /** A directory for what isn't the project's. */
  readonly temporary: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The branch that is checked out; `main` is the default one. */
  readonly branch?: string;
  /** Another template in place of the component's. */
  readonly template?: string;
}

/** A project that is ready for {@link runGitlabPipeline} and {@link previewGitlabPipeline}. */
export interface GitlabClone {
  readonly workspace: string;
  readonly commit: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface GitlabJobRun {
  readonly log: string;
  /** Its copy of the project, as it was left. */
  readonly directory: string;
  /** Paths that were collected, and what later jobs get as variables. */
  readonly artifacts: readonly string[];
}

/** Commits the project, and the component with the tag that it asks for, each in a repository of its own. */
export async function openGitlabClone(project: GitlabProject): Promise<GitlabClone> {
  const { workspace, temporary } = project;
  const component = join(temporary, 'component');
  await cp(templates, join(component, 'templates'), { recursive: true });
  if (project.template !== undefined) await writeFile(join(component, 'templates/slimtrace.yml'), project.template);
  const settings = {
    'user.name': 'Somebody',
    'user.email': 'somebody@example.org',
    'uploadpack.allowFilter': 'true',
    [`url.file://${component}.insteadOf`]: `${server}/slimtrace/slimtrace.git`,
  };
  const pairs = Object.entries(settings).flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  const bin = join(temporary, 'bin');
  await writeBash(bin);
  const env = {
    HOME: temporary,
    ...project.env,
    PATH: `${bin}:${project.env?.PATH ?? process.env.PATH}`,
    ...Object.fromEntries(pairs),
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
    FORCE_COLOR: '0',
  };
  const git = async (directory: string, ...args: string[]) =>
    (await execa('git', args, { cwd: directory, env, extendEnv: false })).stdout;
  const commit = async (directory: string, branch: string) => {
    await git(directory, 'init', '--quiet', `--initial-branch=${branch}`);
    await git(directory, 'add', '--all');
    await git(directory, 'commit', '--quiet', '--message', 'All of it');
    return await git(directory, 'rev-parse', 'HEAD');
  };
  await commit(component, 'main');
  await git(component, 'tag', '0.1.0');
  const head = await commit(workspace, project.branch ?? 'main');
  await git(workspace, 'remote', 'add', 'origin', `${server}/example/shop.git`);
  // What a clone knows of the default branch.
  await git(workspace, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  await git(workspace, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  return { workspace, commit: head, env };
}

/**
 * Lines of a job go to the shell of the component's image, busybox's, instead of Bash: gitlab-ci-local pipes them to a
 * `bash` without arguments, and uses Bash for itself too.
 */
async function writeBash(bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  const { stdout: bash } = await execa('sh', ['-c', 'command -v bash']);
  await writeFile(join(bin, 'bash'), `#!${bash}\n[ $# -gt 0 ] || exec busybox sh\nexec ${bash} "$@"\n`);
  await chmod(join(bin, 'bash'), 0o755);
}

/** The pipeline as GitLab resolves it, checked against GitLab's own schema; what is wrong with it, when it is refused. */
export async function previewGitlabPipeline({ workspace, env }: GitlabClone): Promise<string> {
  const { all } = await runGitlabCiLocal(workspace, env, ['--preview']);
  return all;
}

/**
 * Runs the pipeline's jobs on this machine with `variables` of the project beside GitLab's own: each in a copy of what is
 * committed, in no image (services would be started: a pipeline has to have none). Returns the jobs that were started, by name.
 */
export async function runGitlabPipeline(
  { workspace, env }: GitlabClone,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number; jobs: Readonly<Record<string, GitlabJobRun>>; all: string }> {
  const all = { GITLAB_CI: 'true', ...variables };
  const given = Object.entries(all).flatMap(([key, value]) => ['--variable', `${key}=${value}`]);
  // These are what the platform itself sets.
  const meant = ['--ignore-predefined-vars', Object.keys(all).join(',')];
  const result = await runGitlabCiLocal(workspace, env, ['--no-artifacts-to-source', ...meant, ...given]);
  const state = join(workspace, '.gitlab-ci-local');
  const logs = await readdir(join(state, 'output')).catch(() => []);
  const jobs = logs.map(async (file): Promise<[string, GitlabJobRun]> => {
    const name = file.replace(/\.log$/, '');
    const log = await readFile(join(state, 'output', file), 'utf8');
    const collected = join(state, 'artifacts', name);
    const found = await readdir(collected, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const artifacts = files.map((path) => path.slice(collected.length + 1)).sort();
    return [name, { log, directory: join(state, 'builds', name), artifacts }];
  });
  return { ...result, jobs: Object.fromEntries(await Promise.all(jobs)) };
}

async function runGitlabCiLocal(cwd: string, env: GitlabClone['env'], args: readonly string[]) {
  const flags = ['--force-shell-executor', '--shell-isolation', ...args];
  const { exitCode = 1, all } = await execa(process.execPath, ['--import', forNode20, program, ...flags], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return { exitCode, all };
}
