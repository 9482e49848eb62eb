import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { buildNextRelease } from '../support/next-release.ts';
import { describeOnEngine, docker, inspectImage, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';
import { layerSizesOf } from '../support/saved-layers.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const releases = [
  {
    fixture: 'node-express',
    args: ['--http', 'GET /=200'],
    kinds: ['os', 'runtime', 'dependencies', 'application'],
    changed: '/app/dist/server.js',
  },
];

describeOnEngine('--layers split', () => {
  let slimtrace: Slimtrace;
  const images: string[] = [];

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    await removeImages(...images);
    await slimtrace[Symbol.asyncDispose]();
  });

  test.each(releases)(
    'the next release of $fixture moves its own layer and no other: under 2 % of the image',
    async ({ fixture, args, kinds, changed }) => {
      const tag = `slimtrace-test/layers-${fixture}:app`;
      const image = await ensureFixtureImage(fixture);
      const next = await buildNextRelease(fixture, image, String((await inspectImage(image)).Config.User ?? ''));
      images.push(tag, next);
      const slim = (reference: string, ...more: readonly string[]) =>
        slimtrace.run(['slim', reference, '--layers', 'split', '--tag', tag, ...more, ...args]);

      const first = await slim(image, '--json');
      expect(first.exitCode, first.stderr).toBe(0);
      const report = JSON.parse(first.stdout) as SlimReport;
      expect(report.push).toBeNull();
      expect(report.layers.map(({ kind }) => kind)).toEqual(kinds);
      const before = await layerSizesOf(tag);
      expect([...before.keys()]).toEqual(report.layers.map(({ diffId }) => diffId));
      expect([...before.values()]).toEqual(report.layers.map(({ sizeBytes }) => sizeBytes));

      const second = await slim(next);
      expect(second.exitCode, second.stderr).toBe(0);
      const after = await layerSizesOf(tag);
      const moved = [...after].filter(([diffId]) => !before.has(diffId));
      expect(moved.map(([diffId]) => [...after.keys()].indexOf(diffId))).toEqual([kinds.length - 1]);
      const total = [...after.values()].reduce((sum, bytes) => sum + bytes, 0);
      const movedBytes = moved[0]?.[1] ?? 0;
      expect(movedBytes).toBeLessThan(total * 0.02);
      const said = /^a push moves ([\d.]+) kB of ([\d.]+) MB \(([\d.]+)%\) .*: application$/m.exec(second.stdout) ?? [];
      expect(Number(said[1]), second.stdout).toBeCloseTo(movedBytes / 1e3, 0);
      expect(Number(said[2])).toBeCloseTo(total / 1e6, 0);
      expect(Number(said[3])).toBeLessThan(2);
      // The line that was changed is in the image that the second push gives.
      await using container = await created(tag);
      expect(await docker(['cp', `${container.id}:${changed}`, '-'])).toContain('release 2');
    },
  );
});

testWith(['root', 'tar'], 'an archive that takes the place of one: what it lacks is what moves', async () => {
  await using slimtrace = await openSlimtrace();
  await using scratch = await openScratch();
  const config = { Entrypoint: ['/app/run'], WorkingDir: '/app', Env: ['PATH=/bin'] };
  const slim = async (release: string) => {
    const run = { bytes: Buffer.from(`#!/bin/sh\necho hello # ${release}\n`), mode: 0o755 };
    await writeSmallArchive(join(scratch.path, 'app.tar'), 'app:1', { ...busyboxEntries(), 'app/run': run }, config);
    const args = ['slim', 'app.tar', '--layers', 'split', '--output', 'out.tar', '--exit', '--json'];
    const outcome = await slimtrace.run(args, { cwd: scratch.path, leavesEngineAlone: true });
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return JSON.parse(outcome.stdout) as SlimReport;
  };
  expect((await slim('one')).push).toBeNull();
  const { push, layers } = await slim('two');
  expect(layers.map(({ kind }) => kind)).toEqual(['os', 'application']);
  const [system, application] = layers.map(({ sizeBytes }) => sizeBytes);
  expect(push).toEqual({
    previous: expect.stringContaining('out.tar'),
    movedBytes: application,
    totalBytes: (system ?? 0) + (application ?? 0),
    moved: ['application'],
  });
  expect((await slim('two')).push).toMatchObject({ movedBytes: 0, moved: [] });
});

async function created(image: string) {
  const id = await docker(['create', image]);
  return { id, [Symbol.asyncDispose]: async () => void (await docker(['rm', '--force', '--volumes', id])) };
}
