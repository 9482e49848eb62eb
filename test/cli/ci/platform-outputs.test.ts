import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlatformFlags } from '../../../src/cli/ci/platform-options.ts';
import { openPlatformOutputs } from '../../../src/cli/ci/platform-outputs.ts';
import type { Host } from '../../../src/cli/terminal.ts';
import { guardWorkflowCommands } from '../../../src/cli/workflow-commands.ts';
import type { CiReport } from '../../../src/report/ci/ci-report.ts';
import { ciImageOf, ciReportOf, hostileName } from '../../report/ci/ci-report-of.ts';
import { runInProcess } from '../run-in-process.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'platform-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function hostOf(env: Host['env']): { readonly host: Host; readonly printed: () => string } {
  let printed = '';
  const stream = {
    on: () => {},
    write: (text: string) => {
      printed += text;
    },
  };
  const host: Host = { argv: [], env, stdout: stream, stderr: stream, on: () => {}, off: () => {} };
  return { host, printed: () => printed };
}

async function write(flags: Partial<PlatformFlags>, env: Host['env'], report: CiReport): Promise<string> {
  const { host, printed } = hostOf(env);
  const configurationFile = join(directory, 'slimtrace.yaml');
  await writeFile(configurationFile, 'images:\n  web:\n    image: example/web:1.0\n');
  const settings = { flags: { platform: 'auto', ...flags } as const, reportFile: 'r.json', configurationFile };
  await using outputs = await openPlatformOutputs(settings, guardWorkflowCommands(host));
  await outputs.write(report);
  return printed();
}

const failed = ciReportOf([ciImageOf({ outcome: 'failed' })]);

test('on GitHub: summary and outputs after what others wrote, annotations past the guard', async () => {
  const [summary, output] = [join(directory, 'summary'), join(directory, 'output')];
  await writeFile(summary, 'before\n');
  await writeFile(output, 'before=1\n');
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
    GITHUB_WORKSPACE: directory,
  };
  const printed = await write({}, env, failed);
  expect(await readFile(summary, 'utf8')).toMatch(/^before\n## slimtrace: 1 failed/);
  expect(await readFile(output, 'utf8')).toMatch(/^before=1\nverdict<<(slimtrace-[-0-9a-f]{36})\nfailed\n\1\n/);
  expect(printed).toBe(
    '::error file=slimtrace.yaml,line=2,title=slimtrace%3A web%3A verdict::the slim image is not proved\n',
  );
});

test('a summary that is nearly full gets no more than GitHub takes', async () => {
  const summary = join(directory, 'summary');
  await writeFile(summary, 'x'.repeat(1_048_576 - 100));
  await write({}, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }, failed);
  expect((await readFile(summary)).length).toBe(1_048_576 - 100);
});

test('elsewhere, the files that were asked for and nothing more', async () => {
  const file = (name: string) => join(directory, name);
  const flags = { junit: file('j.xml'), metrics: file('m.txt'), dotenv: file('d.env'), markdown: file('s.md') };
  expect(await write(flags, {}, failed)).toBe('');
  expect((await readdir(directory)).sort()).toEqual(['d.env', 'j.xml', 'm.txt', 's.md', 'slimtrace.yaml']);
  expect(await readFile(file('j.xml'), 'utf8')).toContain('<testsuite name="web"');
  expect(await readFile(file('m.txt'), 'utf8')).toContain('slimtrace_passed{image="web"} 0');
  expect(await readFile(file('d.env'), 'utf8')).toContain('SLIMTRACE_VERDICT=failed\n');
  expect(await readFile(file('s.md'), 'utf8')).toContain('## slimtrace: 1 failed');
});

test('images without a variable of their own are told', async () => {
  const report = ciReportOf(['a-b', 'a_b'].map((name) => ciImageOf({ name })));
  const printed = await write({ dotenv: join(directory, 'd') }, {}, report);
  expect(printed).toBe('warning: no variable for a_b: GitLab takes 20 in all, each of its own name\n');
});

test('files are tried before the work', async () => {
  const open = (flags: Partial<PlatformFlags>) => write(flags, {}, failed);
  await expect(open({ junit: join(directory, 'none', 'j') })).rejects.toMatchObject({ code: 'output-unwritable' });
});

test('nothing that is printed in GitHub Actions is a command, and JSON keeps its value', async () => {
  const { host, printed } = hostOf({ GITHUB_ACTIONS: 'true' });
  const guarded = guardWorkflowCommands(host);
  const document = JSON.stringify({ name: hostileName }, undefined, 2);
  guarded.stdout.write(`  ::error::one\n::stop-commands::x\nfine::text\n${document}\n`);
  const [json = ''] = /\{.*\}/s.exec(printed()) ?? [];
  expect(JSON.parse(json)).toEqual({ name: hostileName });
  for (const line of printed().split('\n')) expect(line).not.toMatch(/^\s*::|##\[/);
  expect(printed()).toContain('fine::text');
  const { stderr } = await runInProcess(['slim', '##[add-mask]e'], { GITHUB_ACTIONS: 'true', PATH: '/nowhere' });
  expect(stderr).toContain('[add-mask]e');
  expect(stderr).not.toContain('##[');
});
