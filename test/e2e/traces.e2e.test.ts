import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FullReport } from '../../src/report/full-report.ts';
import { parseTrace } from '../../src/schema/trace-schema.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, openScratch } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const shards = {
  start: ['GET /=200', 'GET /missing=404'],
  modules: ['GET /lazy=200', 'GET /idna=200'],
  data: ['GET /tz=200', 'GET /db=200'],
};

describeOnEngine('traces of shards', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let image: string;
  beforeAll(async () => {
    [slimtrace, scratch, image] = await Promise.all([
      openSlimtrace(),
      openScratch(),
      ensureFixtureImage('python-flask'),
    ]);
  });
  afterAll(async () => {
    await slimtrace[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  const fileOf = (name: string) => join(scratch.path, name);
  const http = (checks: readonly string[]) => checks.flatMap((check) => ['--http', check]);

  async function trace(name: string, checks: readonly string[]): Promise<string> {
    const traced = await slimtrace.run(['trace', image, ...http(checks), '--output', fileOf(name)]);
    expect(traced.exitCode, traced.stderr).toBe(0);
    return fileOf(name);
  }

  async function keptWith(traceFile: string): Promise<readonly string[]> {
    const report = `${traceFile}.report`;
    const built = await slimtrace.run([
      ...['build', image, '--trace', traceFile, ...http(['GET /=200', 'GET /idna=200', 'GET /db=200'])],
      ...['--no-heal', '--dry-run', '--report', report],
    ]);
    expect(built.exitCode, built.stderr).toBe(0);
    const { kept } = JSON.parse(readFileSync(report, 'utf8')) as FullReport;
    return kept.map(([path]) => path).sort();
  }

  test('three of them, merged, keep what one run of all checks keeps, and tell who touched what', async () => {
    const files: string[] = [];
    for (const [name, checks] of Object.entries(shards)) files.push(await trace(`${name}.json.gz`, checks));
    const merged = fileOf('merged.json');
    const outcome = await slimtrace.run(['merge', ...files, files[0] ?? '', '--output', merged]);
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0, stdout: '' });
    expect(outcome.stderr).toContain(`warning: ${files[0]} is given twice`);
    expect(outcome.stderr).toMatch(/^ {2}modules · gunicorn .*: \d+ paths, [1-9]\d* that no other run touched$/m);
    const { paths, runs } = parseTrace(readFileSync(merged, 'utf8'));
    const names = runs.map(({ collection }) => collection?.name);
    expect(names).toEqual(Object.keys(shards));
    const touchedBy = (path: string) => paths.find((traced) => traced.path === path)?.runs.map((run) => names[run]);
    expect(touchedBy('/usr/share/zoneinfo/Europe/Berlin')).toEqual(['data']);
    expect(touchedBy('/srv/app/gunicorn.conf.py')).toEqual(Object.keys(shards));

    const whole = await trace('whole.json', Object.values(shards).flat());
    expect(await keptWith(merged)).toEqual(await keptWith(whole));
  });
});
