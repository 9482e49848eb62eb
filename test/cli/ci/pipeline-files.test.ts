import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { buildGithubOutputs } from '../../../src/report/ci/github-outputs.ts';
import { ciImageOf, ciReportOf } from '../../report/ci/ci-report-of.ts';
import { readRepository } from '../../support/read-pipelines.ts';

const { version } = JSON.parse(readRepository('package.json')) as { version: string };

type Keyed = Readonly<Record<string, unknown>>;

/** Keys that the platform's reference doesn't know are mostly misspelt, and it then ignores or refuses them. */
function expectKeys(values: readonly object[], known: string): void {
  const names = known.split(' ');
  for (const value of values) expect(Object.keys(value).filter((key) => !names.includes(key))).toEqual([]);
}

const action = parse(readRepository('action.yml')) as {
  readonly inputs: Readonly<Record<string, Keyed>>;
  readonly outputs: Readonly<Record<string, Keyed>>;
  readonly runs: { readonly steps: readonly Readonly<Record<string, string>>[] };
};

// What the platforms' own linters see in these files is looked at in test/pipelines/.

test('action.yml’s inputs and outputs have keys that GitHub knows, and no input stands in a script', () => {
  expectKeys(Object.values(action.inputs), 'description required default deprecationMessage');
  expectKeys(Object.values(action.outputs), 'description value');
  for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
});

test('every output of the action is one that slimtrace or the action writes, and none is forgotten', () => {
  const written = [...Object.keys(buildGithubOutputs(ciReportOf([ciImageOf()]), null)), 'summary-path'];
  const values = Object.entries(action.outputs).map(([name, { value }]) => [name, value]);
  expect(values.sort()).toEqual(written.sort().map((name) => [name, `\${{ steps.slim.outputs.${name} }}`]));
});

test('every input of the action reaches its scripts, and only inputs that there are', () => {
  const used = [...JSON.stringify(action.runs.steps).matchAll(/\$\{\{ inputs\.([\w-]+) \}\}/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)));
});

test('the GitLab component has what its reference knows, of this version, and collects what slimtrace writes', () => {
  const [header, body] = parseAllDocuments(readRepository('templates/slimtrace.yml')).map((document) =>
    document.toJS(),
  );
  expectKeys([header], 'spec');
  expectKeys([header.spec], 'inputs');
  expectKeys(Object.values(header.spec.inputs), 'description default type options regex');
  expect(header.spec.inputs.version.default).toBe(version);
  const [job] = Object.values(body) as Record<string, Keyed>[];
  if (job === undefined) throw new Error('no job');
  expect(job.artifacts?.reports).toEqual({
    dotenv: 'slimtrace.env',
    junit: 'slimtrace-junit.xml',
    metrics: 'slimtrace-metrics.txt',
  });
  const used = [...readRepository('templates/slimtrace.yml').matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(
    ([, name]) => name,
  );
  expect(new Set(used)).toEqual(new Set(Object.keys(header.spec.inputs)));
});
