import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse, parseAllDocuments } from 'yaml';

const templates = fileURLToPath(new URL('../../templates/', import.meta.url));

interface GitlabJobDefinition {
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly artifacts: {
    readonly paths: readonly string[];
    readonly reports: Readonly<Record<'dotenv' | 'junit' | 'metrics', string>>;
  };
}

interface GitlabRun {
  readonly exitCode: number;
  readonly log: string;
  readonly job: GitlabJobDefinition;
}

/** The only job of a pipeline that includes the component, with its inputs, as GitLab resolves it. */
async function resolveGitlabJob(workspace: string): Promise<GitlabJobDefinition> {
  const { include, variables = {} } = parse(await readFile(join(workspace, '.gitlab-ci.yml'), 'utf8'));
  const [, name] = /\/([\w-]+)@[\w.]+$/.exec(include[0].component) ?? [];
  const [header, body] = parseAllDocuments(await readFile(join(templates, `${name}.yml`), 'utf8'));
  const specified = header?.toJS().spec.inputs as Record<string, { default?: string }>;
  const given = include[0].inputs as Record<string, string>;
  for (const key of Object.keys(given)) if (!(key in specified)) throw new Error(`no input ${key}`);
  const inputs = new Map(
    Object.entries(specified).map(([key, { default: fallback }]) => {
      const value = given[key] ?? fallback;
      if (value === undefined) throw new Error(`the input ${key} is required`);
      return [key, value];
    }),
  );
  const jobs = interpolate(body?.toJS(), inputs) as Record<string, GitlabJobDefinition>;
  const [job] = Object.values(jobs);
  if (job === undefined) throw new Error('the component has no job');
  return { ...job, variables: { ...variables, ...job.variables } };
}

function interpolate(value: unknown, inputs: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
      const input = inputs.get(name);
      if (input === undefined) throw new Error(`the component has no input ${name}`);
      return input;
    });
  if (Array.isArray(value)) return value.map((item) => interpolate(item, inputs));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [interpolate(key, inputs), interpolate(item, inputs)]);
  return Object.fromEntries(entries);
}

/**
 * Runs the job in the shell of the component's image, busybox's, all of its lines in one script. The engine is the
 * machine's own instead of a service.
 */
export async function runGitlabJob(
  workspace: string,
  temporary: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitlabRun> {
  const job = await resolveGitlabJob(workspace);
  const script = join(temporary, 'script');
  await writeFile(script, ['set -eo pipefail', ...job.before_script, ...job.script, ''].join('\n'));
  const predefined: Record<string, string | undefined> = { ...env, CI: 'true', GITLAB_CI: 'true' };
  const expand = (text: string) => text.replace(/\$(\w+)/g, (_, name: string) => predefined[name] ?? '');
  const variables = Object.entries(job.variables).map(([name, value]) => [name, expand(value)]);
  const { exitCode = 1, all } = await execa('busybox', ['sh', script], {
    cwd: workspace,
    env: { ...predefined, ...Object.fromEntries(variables) },
    extendEnv: false,
    reject: false,
    all: true,
  });
  return { exitCode, log: all ?? '', job };
}
