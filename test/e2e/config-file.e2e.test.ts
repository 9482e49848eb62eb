import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, openScratch } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const image = 'slimtrace-fixture/jq:latest';

describeOnEngine('slimtrace.yaml', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let settings: { readonly cwd: string };

  beforeAll(async () => {
    await ensureFixtureImage('jq');
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    settings = { cwd: scratch.path };
  });

  afterAll(async () => {
    await slimtrace[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  test('is begun by init, which writes over nothing, and slim runs with it as it is', async () => {
    const first = await slimtrace.run(['init', image], settings);
    expect(first).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('slimtrace slim jq') });
    const text = await readFile(join(scratch.path, 'slimtrace.yaml'), 'utf8');
    expect(text).toContain(`  jq:\n    image: "${image}"\n`);
    expect(text).toContain('# user: nonroot');
    const second = await slimtrace.run(['init', image], settings);
    expect(second).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--force') });
    const printed = await slimtrace.run(['init', image, '-o', '-', '-q'], settings);
    expect(printed).toMatchObject({ exitCode: 0, stdout: text, stderr: '' });
    const slimmed = await slimtrace.run(['slim', '--dry-run', '--no-heal', '--', '-n', '1'], settings);
    expect(slimmed.exitCode, slimmed.stderr).toBe(0);
    expect(slimmed.stderr).toMatch(/^configuration: slimtrace.yaml \(jq\)\n/);
  });

  test('says how an image is slimmed; flags win; the reports are as their schemas have them', async () => {
    await writeFile(
      join(scratch.path, 'slimtrace.yaml'),
      `defaults: {dry-run: true, heal: false, report: out.json}
images:
  jq:
    image: ${image}
    scenarios:
      add: {command: [-n, "$\{LEFT}+1"]}
      fails: {command: [-n, 'error("x")'], exit: 5}
    budgets: {max-size: 1kB}
`,
    );
    const run = async (...args: string[]) =>
      await slimtrace.run(['slim', 'jq', '--json', ...args], { ...settings, env: { LEFT: '1' } });
    const configured = await run();
    expect(configured.exitCode, configured.stderr).toBe(1);
    const report = JSON.parse(configured.stdout);
    expect(report).toMatchObject({ passed: true, budgets: [{ budget: 'max-size', passed: false }] });
    expect(report.checks.map(({ scenario, check }: Record<string, string>) => [scenario, check])).toEqual([
      ['add', 'exit'],
      ['fails', 'exit 5'],
    ]);
    for (const [name, value] of [
      ['report', report],
      ['full-report', JSON.parse(await readFile(join(scratch.path, 'out.json'), 'utf8'))],
    ]) {
      const schema = await slimtrace.run(['schema', name], settings);
      const validate = new Ajv2020({ strictTuples: false, allowUnionTypes: true }).compile(JSON.parse(schema.stdout));
      validate(value);
      expect(validate.errors).toBeNull();
    }
    const given = await run('--max-size', '1GB', '--scenario', 'own', '--command', '-n 3', '--report', 'other.json');
    expect(given.exitCode, given.stderr).toBe(0);
    expect(JSON.parse(given.stdout).checks).toMatchObject([{ check: 'exit', scenario: null }]);
  });
});
