import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { CiReport } from '../../src/report/ci/ci-report.ts';
import { ciReportSchema } from '../../src/schema/ci-report-schema.ts';
import { describeOnEngine, docker, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { leftOnEngine, openSlimtrace, type Running, type Slimtrace, until } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const image = 'slimtrace-test/ci:1';
const tagOf = (name: string) => `slimtrace-test/ci:${name}-slim`;
const concurrency = 3;
/** Of a run of any number of images; see test/bench/ci.ts for how it grows with them. */
const mostMegabytes = 320;

describeOnEngine('slimtrace ci', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let names: readonly string[] = [];
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    const archive = join(scratch.path, 'image.tar');
    await writeSmallArchive(archive, image, busyboxEntries(), { Cmd: ['sh'] });
    await docker(['load', '--quiet', '--input', archive]);
  });
  afterAll(async () => {
    await removeImages(...names.flatMap((name) => [tagOf(name), `${tagOf(name)}-failed`]), image);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  /** Writes a configuration; each image's settings in YAML's JSON. */
  const configure = async (file: string, images: Readonly<Record<string, object>>, ci: object = {}) => {
    names = [...names, ...Object.keys(images)];
    const timeout = { timeout: '120' };
    const path = join(scratch.path, file);
    await writeFile(path, JSON.stringify({ defaults: timeout, images, ci }));
    return path;
  };
  const onEngine = (name: string, more: object = {}) => ({
    image,
    tag: tagOf(name),
    command: `echo ${name}`,
    exit: true,
    ...more,
  });
  const archived = (name: string, more: object = {}) => ({
    image: 'docker-archive:image.tar',
    output: `${name}.tar`,
    command: `echo ${name}`,
    exit: true,
    ...more,
  });

  test('20 images: interrupted midway nothing is left, and --resume goes on from there', async () => {
    const keys = Array.from({ length: 20 }, (_, at) => `image-${at}`);
    const images = keys.map((key, at) => [key, at % 4 === 1 ? onEngine(key) : archived(key)] as const);
    const config = await configure('many.yaml', Object.fromEntries(images), { concurrency });
    const report = join(scratch.path, 'many.json');
    const args = ['ci', '--config', config, '--report', report];

    const first = slimtrace.start(args);
    await first.waitFor(/\(7 of 20\)/);
    await until(first, async () => (await leftOnEngine(first.pid)).length > 0);
    first.signal('SIGINT');
    const interrupted = await first.ended;
    expect(interrupted.exitCode, interrupted.stderr).toBe(130);
    expect(interrupted.stdout).toMatch(/^failed: 20 images, \d+ passed, \d+ cancelled/m);
    const before = outcomesOf(await readFile(report, 'utf8'));
    expect(new Set(before.values())).toEqual(new Set(['passed', 'cancelled']));
    const finished = keys.filter((key) => before.get(key) === 'passed');
    expect(finished.length).toBeGreaterThanOrEqual(7);

    await using events = watchSessions();
    const second = slimtrace.start([...args, '--resume']);
    const peak = watchPeak(second);
    const outcome = await second.ended;
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const { images: results, passed } = JSON.parse(await readFile(report, 'utf8')) as CiReport;
    expect(passed).toBe(true);
    expect(results.map(({ name }) => name)).toEqual(keys);
    expect(results.filter(({ isResumed }) => isResumed).map(({ name }) => name)).toEqual(finished);
    for (const key of finished) expect(outcome.stderr, 'it is not run again').not.toContain(`${key}: run the`);
    for (const [at, key] of keys.entries()) if (at % 4 === 1) expect(await imageId(tagOf(key)), key).toBeDefined();
    expect(await peak, 'MB').toBeLessThan(mostMegabytes);
    const most = await events.most(second.pid);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(concurrency);
  });

  test('each image comes to its own end, and the report says which', async () => {
    const config = await configure(
      'mixed.yaml',
      {
        good: archived('good'),
        large: archived('large', { budgets: { 'max-size': '1kB', 'fail-on': ['shell'] } }),
        broken: archived('broken', { command: 'cat /etc/passwd', exclude: '/etc/passwd' }),
        absent: onEngine('absent', { image: 'slimtrace-test/absent:1' }),
        slow: onEngine('slow', { command: 'sleep 100' }),
      },
      { deadlines: { baseline: '3' } },
    );
    const sizes = join(scratch.path, 'sizes.json');
    const args = ['ci', '--config', config, '--accepted', sizes, '--accept'];
    const outcome = await slimtrace.run([...args, '--json']);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    const report = JSON.parse(outcome.stdout) as CiReport;
    expectValid(report);
    expect(Object.fromEntries(outcomesOf(outcome.stdout))).toEqual({
      good: 'passed',
      large: 'failed',
      broken: 'failed',
      absent: 'error',
      slow: 'error',
    });
    const [good, large, broken, absent, slow] = report.images;
    expect(good?.report?.slim.reference).toContain('good.tar');
    expect(large?.budgets.map(({ budget, passed }) => [budget, passed])).toEqual([
      ['max-size', false],
      ['fail-on shell', false],
    ]);
    expect(broken?.report?.passed).toBe(false);
    expect(absent?.problem?.message).toContain('slimtrace-test/absent:1');
    expect(slow?.problem?.message).toBe('the phase baseline took longer than 3.0 s');

    const accepted = JSON.parse(readFileSync(sizes, 'utf8')).images;
    expect(Object.keys(accepted), 'only what passed').toEqual(['good']);
    // As if it had been smaller when it was accepted.
    const less = { ...accepted.good, sizeBytes: accepted.good.sizeBytes - 1 };
    await writeFile(sizes, JSON.stringify({ schemaVersion: 1, kind: 'accepted-sizes', images: { good: less } }));
    const larger = await configure('larger.yaml', { good: archived('good', { budgets: { 'fail-if-larger': true } }) });
    const again = await slimtrace.run(['ci', '--config', larger, '--accepted', sizes]);
    expect(again.exitCode, again.stderr).toBe(1);
    expect(again.stdout).toMatch(/^failed +good .* \+1 B$/m);
    expect(again.stdout).toMatch(/over +fail-if-larger: [\d,]+ bytes; allowed: [\d,]+ bytes accepted/);
  });
});

function outcomesOf(json: string): ReadonlyMap<string, string> {
  return new Map((JSON.parse(json) as CiReport).images.map(({ name, outcome }) => [name, outcome]));
}

function expectValid(report: CiReport): void {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(z.toJSONSchema(ciReportSchema));
  expect(validate(report), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
}

/** The largest resident set of a run, in MB (VmHWM, proc_pid_status(5)). */
async function watchPeak({ pid, ended }: Running): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      peak = Math.max(peak, Number(kilobytes ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, 50);
  await ended.catch(() => {}).finally(() => clearInterval(timer));
  return peak;
}

/** Follows the engine's events, to tell how many images of a run had containers at the same time. */
function watchSessions() {
  const format =
    '{{.Action}} {{.ID}} {{index .Actor.Attributes "io.slimtrace.session"}} {{index .Actor.Attributes "io.slimtrace.session.pid"}}';
  const events = execa(
    'docker',
    ['events', '--filter', 'type=container', '--filter', 'label=io.slimtrace.session', '--format', format],
    { reject: false, lines: true },
  );
  return {
    async most(pid: number): Promise<number> {
      events.kill();
      const { stdout } = await events;
      const containers = new Map<string, string>();
      let most = 0;
      for (const line of stdout) {
        const [action, id = '', session = '', owner] = line.split(' ');
        if (owner !== String(pid)) continue;
        if (action === 'create') containers.set(id, session);
        if (action === 'destroy') containers.delete(id);
        most = Math.max(most, new Set(containers.values()).size);
      }
      return most;
    },
    async [Symbol.asyncDispose]() {
      events.kill();
      await events;
    },
  };
}
