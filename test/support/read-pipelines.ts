import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A text of the repository, by its path there. */
export function readRepository(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

export interface PipelineText {
  /** Where it is from, for people. */
  readonly name: string;
  readonly text: string;
}

const workflowDirectory = 'fixtures/example-repository/.github/workflows';

/** Every GitHub workflow that this repository shows its users: the example's, and the README's steps in a job around them. */
export function readWorkflows(): readonly PipelineText[] {
  const example = readdirSync(new URL(`../../${workflowDirectory}`, import.meta.url)).map((file) => {
    const name = `${workflowDirectory}/${file}`;
    return { name, text: readRepository(name) };
  });
  return [...example, ...readmeSnippets(isSteps).map(({ name, text }) => ({ name, text: aroundSteps(text) }))];
}

/** Every GitLab pipeline, likewise. */
export function readGitlabPipelines(): readonly PipelineText[] {
  const example = 'fixtures/example-repository/.gitlab-ci.yml';
  const isPipeline = (value: unknown) => typeof value === 'object' && value !== null && 'include' in value;
  return [{ name: example, text: readRepository(example) }, ...readmeSnippets(isPipeline)];
}

function readmeSnippets(isWanted: (value: unknown) => boolean): PipelineText[] {
  const readme = readRepository('README.md');
  return [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(({ index, 1: text = '' }) => {
    const line = readme.slice(0, index).split('\n').length;
    return isWanted(parse(text)) ? [{ name: `README.md, line ${line}`, text }] : [];
  });
}

function isSteps(value: unknown): boolean {
  return Array.isArray(value) && value.some((step) => typeof step === 'object' && step !== null && 'uses' in step);
}

function aroundSteps(steps: string): string {
  const indented = steps.replace(/^(?=.)/gm, '      ');
  return `on: push\njobs:\n  images:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n${indented}`;
}
