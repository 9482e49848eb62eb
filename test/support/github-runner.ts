import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';

/** The action's own repository: what `uses: slimtrace/slimtrace@…` checks out. */
const actionDirectory = fileURLToPath(new URL('../../', import.meta.url));

interface GithubStep {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly 'working-directory'?: string;
  readonly 'continue-on-error'?: boolean;
}

export interface GithubRun {
  /** `success` or `failure` of each step that was reached, by its name or `uses`. */
  readonly steps: readonly { readonly name: string; readonly conclusion: string; readonly log: string }[];
  readonly summary: string;
  /** Of steps with an id. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Workflow commands that the runner takes from the output, in order. */
  readonly commands: readonly string[];
}

interface GithubJob {
  /** The checked out repository. */
  readonly workspace: string;
  /** Where the runner keeps its files. */
  readonly temporary: string;
  readonly github: { readonly event_name: string; readonly sha: string; readonly event?: object };
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Contexts = Readonly<Record<string, unknown>>;

/**
 * Runs the only job of a workflow as GitHub's runner does, as far as these workflows go: `run` steps under bash with their
 * `env`, file commands, `if`, the action of this repository as a composite one. No other action but the checkout.
 */
export async function runGithubJob(workflow: string, job: GithubJob): Promise<GithubRun> {
  const { jobs, defaults } = parse(await readFile(join(job.workspace, workflow), 'utf8'));
  const [only] = Object.values(jobs) as { readonly env?: object; readonly steps: readonly GithubStep[] }[];
  if (only === undefined) throw new Error(`${workflow} has no job`);
  const runner = new Runner(job, defaults?.run?.shell);
  const github = { ...job.github, token: 'a-token', repository: 'example/shop' };
  const env = evaluateAll(only.env ?? {}, { github });
  await runner.runSteps(only.steps, { github, env }, env);
  return runner.done();
}

class Runner {
  readonly #steps: { name: string; conclusion: string; log: string }[] = [];
  readonly #outputs: Record<string, Record<string, string>> = {};
  readonly #commands: string[] = [];
  readonly #path: string[] = [];
  #summary = '';
  #count = 0;

  constructor(
    readonly job: GithubJob,
    readonly shell: string | undefined,
  ) {}

  done(): GithubRun {
    return { steps: this.#steps, summary: this.#summary, outputs: this.#outputs, commands: this.#commands };
  }

  /** Returns whether all passed. A failed step ends those that don't ask for it with a status function. */
  async runSteps(steps: readonly GithubStep[], contexts: Contexts, env: Record<string, string>): Promise<boolean> {
    let passed = true;
    const outputs: Record<string, { outputs: Record<string, string> }> = {};
    for (const step of steps) {
      const known = { ...contexts, steps: outputs };
      if (!isWanted(step.if, known, passed) || step.uses?.startsWith('actions/checkout@')) continue;
      const own = step.id === undefined ? {} : { [step.id]: {} as Record<string, string> };
      const result =
        step.uses === undefined ? await this.#run(step, known, env) : await this.#useAction(step, known, env);
      if (step.id !== undefined) {
        Object.assign(own[step.id] ?? {}, result.outputs);
        outputs[step.id] = { outputs: result.outputs };
        this.#outputs[step.id] = result.outputs;
      }
      passed &&= result.passed || step['continue-on-error'] === true;
    }
    return passed;
  }

  async #useAction(step: GithubStep, contexts: Contexts, env: Record<string, string>) {
    if (!step.uses?.startsWith('slimtrace/slimtrace@')) throw new Error(`no action ${step.uses} here`);
    const action = parse(await readFile(join(actionDirectory, 'action.yml'), 'utf8'));
    const given = evaluateAll(step.with ?? {}, contexts);
    for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`no input ${name}`);
    const defaults = Object.entries(action.inputs as Record<string, { default?: string }>);
    const inputs = { ...Object.fromEntries(defaults.map(([name, input]) => [name, input.default ?? ''])), ...given };
    const inner = { ...env, GITHUB_ACTION_PATH: actionDirectory };
    const passed = await this.runSteps(action.runs.steps, { ...contexts, inputs }, inner);
    // As of embedded steps, also of one that failed.
    const steps = Object.fromEntries(Object.entries(this.#outputs).map(([id, outputs]) => [id, { outputs }]));
    const values = Object.entries(action.outputs as Record<string, { value: string }>);
    return { passed, outputs: evaluateAll(Object.fromEntries(values.map(([k, { value }]) => [k, value])), { steps }) };
  }

  async #run(step: GithubStep, contexts: Contexts, env: Record<string, string>) {
    const directory = join(this.job.temporary, `step-${++this.#count}`);
    await mkdir(directory);
    const file = async (name: string) => {
      await writeFile(join(directory, name), '');
      return join(directory, name);
    };
    const files = { output: await file('output'), path: await file('path'), summary: await file('summary') };
    await writeFile(join(directory, 'script'), evaluate(step.run ?? '', contexts));
    const pipefail = (step.shell ?? this.shell) === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
    const { exitCode = 1, all } = await execa('bash', [...pipefail, join(directory, 'script')], {
      cwd: join(this.job.workspace, evaluate(step['working-directory'] ?? '.', contexts)),
      env: {
        ...this.job.env,
        ...env,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: this.job.workspace,
        GITHUB_ACTOR: 'somebody',
        RUNNER_TEMP: this.job.temporary,
        GITHUB_OUTPUT: files.output,
        GITHUB_PATH: files.path,
        GITHUB_STEP_SUMMARY: files.summary,
        PATH: [...this.#path, this.job.env.PATH].join(':'),
        ...evaluateAll(step.env ?? {}, contexts),
      },
      extendEnv: false,
      reject: false,
      all: true,
    });
    this.#path.unshift(...(await readFile(files.path, 'utf8')).split('\n').filter(Boolean));
    this.#summary += await readFile(files.summary, 'utf8');
    const lines = (all ?? '').split('\n');
    this.#commands.push(...lines.filter((line) => /^\s*::[a-z-]+(?: [^:]*)?::|##\[[a-z-]+/.test(line)));
    const conclusion = exitCode === 0 ? 'success' : `failure (exit code ${exitCode})`;
    this.#steps.push({ name: step.name ?? step.run ?? '', conclusion, log: all ?? '' });
    return { passed: exitCode === 0, outputs: parseFileCommands(await readFile(files.output, 'utf8')) };
  }
}

/** `$GITHUB_OUTPUT` as the runner reads it: `name=value`, or a heredoc; anything else fails the step. */
function parseFileCommands(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name = '', kind, rest = ''] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (kind === undefined) throw new Error(`invalid output: ${line}`);
    const end = kind === '=' ? at : lines.indexOf(rest, at + 1);
    if (end === -1) throw new Error(`no end of ${name}`);
    outputs[name] = kind === '=' ? rest : lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

function evaluateAll(values: object, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(String(value), contexts)]));
}

/** Text with its `${{ … }}`, each of which is a place in a context. */
function evaluate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, path: string) => lookUp(path, contexts));
}

function lookUp(path: string, contexts: Contexts): string {
  if (!/^[\w.-]+$/.test(path)) throw new Error(`no such expression here: ${path}`);
  const value = path.split('.').reduce<unknown>((from, key) => (from as Contexts | undefined)?.[key], contexts);
  return value === undefined ? '' : String(value);
}

/** Terms joined by `&&`: a status function, a comparison with a string, or a value that isn't empty. */
function isWanted(condition: string | undefined, contexts: Contexts, passed: boolean): boolean {
  const terms = (condition ?? 'success()')
    .replace(/^\$\{\{(.*)\}\}$/, '$1')
    .split('&&')
    .map((term) => term.trim());
  const hasStatus = terms.some((term) => /^(?:!cancelled|always|success|failure)\(\)$/.test(term));
  return (hasStatus ? terms : ['success()', ...terms]).every((term) => {
    if (term === 'success()') return passed;
    if (term === 'failure()') return !passed;
    if (term === 'always()' || term === '!cancelled()') return true;
    const [, path, value] = /^([\w.-]+)(?: == '([^']*)')?$/.exec(term) ?? [];
    if (path === undefined) throw new Error(`no such condition here: ${term}`);
    const found = lookUp(path, contexts);
    return value === undefined ? found !== '' && found !== 'false' : found === value;
  });
}
