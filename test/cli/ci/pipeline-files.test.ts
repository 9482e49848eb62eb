import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { buildGithubOutputs } from '../../../src/report/ci/github-outputs.ts';
import { ciImageOf, ciReportOf } from '../../report/ci/ci-report-of.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

type Keyed = Readonly<Record<string, unknown>>;

/** Keys that the platform's reference doesn't know are mostly misspelt, and it then ignores or refuses them. */
function expectKeys(values: readonly object[], known: string): void {
  const names = known.split(' ');
  for (const value of values) expect(Object.keys(value).filter((key) => !names.includes(key))).toEqual([]);
}

const action = parse(read('action.yml')) as {
  readonly inputs: Readonly<Record<string, Keyed>>;
  readonly outputs: Readonly<Record<string, Keyed>>;
  readonly runs: { readonly using: string; readonly steps: readonly Readonly<Record<string, string>>[] };
};

test('action.yml has what GitHub’s reference of metadata knows, and no input in a script', () => {
  expectKeys([action], 'name author description branding inputs outputs runs');
  expectKeys(Object.values(action.inputs), 'description required default deprecationMessage');
  expectKeys(Object.values(action.outputs), 'description value');
  expectKeys([action.runs], 'using steps');
  expectKeys(action.runs.steps, 'name id if shell run env working-directory uses with continue-on-error');
  expect(action.runs.using).toBe('composite');
  for (const { run = '', shell } of action.runs.steps) {
    expect(shell).toBe('bash');
    expect(run).not.toContain('${{');
  }
});

test('every output of the action is one that slimtrace or the action writes, and none is forgotten', () => {
  const written = [...Object.keys(buildGithubOutputs(ciReportOf([ciImageOf()]), null)), 'summary-path'];
  const values = Object.entries(action.outputs).map(([name, { value }]) => [name, value]);
  expect(values.sort()).toEqual(written.sort().map((name) => [name, `\${{ steps.slim.outputs.${name} }}`]));
});

test('every input of the action reaches its scripts', () => {
  const passed = JSON.stringify(action.runs.steps);
  for (const name of Object.keys(action.inputs)) expect(passed).toContain(`\${{ inputs.${name} }}`);
});

test('the GitLab component has what its reference knows, of this version, and collects what slimtrace writes', () => {
  const [header, body] = parseAllDocuments(read('templates/slimtrace.yml')).map((document) => document.toJS());
  expectKeys([header], 'spec');
  expectKeys([header.spec], 'inputs');
  expectKeys(Object.values(header.spec.inputs), 'description default type options regex');
  expect(header.spec.inputs.version.default).toBe(version);
  const [job] = Object.values(body) as Record<string, Keyed>[];
  if (job === undefined) throw new Error('no job');
  expectKeys([job], 'stage image services variables before_script script artifacts');
  expect(job.artifacts?.reports).toEqual({
    dotenv: 'slimtrace.env',
    junit: 'slimtrace-junit.xml',
    metrics: 'slimtrace-metrics.txt',
  });
  const used = [...read('templates/slimtrace.yml').matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(Object.keys(header.spec.inputs)));
});

test('the example’s workflow has what GitHub’s reference of workflows knows', () => {
  const workflow = parse(read('fixtures/example-repository/.github/workflows/slimtrace.yml'));
  expectKeys([workflow], 'name on permissions defaults env jobs concurrency run-name');
  const jobs = Object.values(workflow.jobs) as { readonly steps: readonly object[] }[];
  expectKeys(jobs, 'name runs-on needs if permissions env defaults steps timeout-minutes strategy container services');
  for (const { steps } of jobs)
    expectKeys(steps, 'name id if uses with run shell env working-directory continue-on-error timeout-minutes');
});
