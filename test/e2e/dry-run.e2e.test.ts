import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnEngine, docker, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const image = 'slimtrace-test/dry-run:latest';
const tag = 'slimtrace-test/dry-run:would-be';
const debugTag = 'slimtrace-test/dry-run:would-be-debug';

describe('--dry-run', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  const file = (name: string) => join(scratch.path, name);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    const entries = { ...busyboxEntries(), 'app/data.txt': 'data\n', 'app/unused.txt': 'unused\n'.repeat(10_000) };
    await writeSmallArchive(file('image.tar'), image, entries, { Cmd: ['/bin/cat', '/app/data.txt'] });
  });
  afterAll(async () => {
    await removeImages(image, tag, debugTag);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('of an archive writes no archive, and says what it would be called', async () => {
    const before = await readdir(scratch.path);
    const archive = `docker-archive:${file('image.tar')}`;
    const { exitCode, stdout } = await slimtrace.run(['slim', archive, '--exit', '--dry-run', '-q'], {
      leavesEngineAlone: true,
    });
    expect(stdout).toMatch(/\ndry run, proved: \S*image-slim\.tar would be .* smaller, .*; nothing was kept \(.*\)\n$/);
    expect(exitCode).toBe(0);
    expect(await readdir(scratch.path)).toEqual(before);
    expect(await stat(slimtrace.stateDirectory).catch(() => undefined), 'no report for why').toBeUndefined();
  });

  test('of one that fails has the exit code that it would have', async () => {
    const before = await readdir(scratch.path);
    const flags = ['--exit', '--dry-run', '-q', '--no-heal', '--exclude', '/app/data.txt'];
    const { exitCode, stdout } = await slimtrace.run(['slim', file('image.tar'), ...flags], {
      leavesEngineAlone: true,
    });
    expect(stdout).toMatch(/\ndry run, failed: the slim image answers differently; nothing was kept \(/);
    expect(exitCode).toBe(1);
    expect(await readdir(scratch.path)).toEqual(before);
  });

  describeOnEngine('on an engine', () => {
    test('leaves no image, no archive and no image for debugging, but what was asked for beside them; --verbose tells how', async () => {
      await docker(['load', '--quiet', '--input', file('image.tar')]);
      const images = await docker(['image', 'ls', '--all', '--quiet', '--filter', 'reference=slimtrace-test/dry-run']);
      const documents = ['sbom', 'provenance', 'report'].flatMap((name) => [`--${name}`, file(`${name}.json`)]);
      const made = ['--tag', tag, '--output', file('out.tar'), '--debug-tag', debugTag];
      const told = ['--json', '-q', '--verbose', '--env', 'API=hunter2'];
      const args = ['slim', image, '--engine', 'docker', '--exit', '--dry-run', ...told, ...made, ...documents];
      const { exitCode, stdout, stderr } = await slimtrace.run(args);
      expect(exitCode, stderr).toBe(0);
      // What --verbose tells of it, and nothing else: it is quiet.
      const lines = stderr.trimEnd().split('\n');
      expect(lines.filter((line) => !/^\$ docker .* {2}\((?:exit \d+, .*|still running)\)$/.test(line))).toEqual([]);
      for (const command of ['create --label', 'cp --', 'start', 'load', 'image rm', 'rm --force'])
        expect(
          lines.some((line) => line.startsWith(`$ docker ${command}`)),
          command,
        ).toBe(true);
      expect(stderr).toContain(' --env API=… ');
      expect(stderr).not.toContain('hunter2');
      expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, passed: true, output: null, slim: { reference: tag } });
      for (const name of [tag, debugTag]) expect(await imageId(name), name).toBeUndefined();
      expect(await readdir(scratch.path)).not.toContain('out.tar');
      for (const name of ['sbom', 'provenance', 'report'])
        expect(JSON.parse(await readFile(file(`${name}.json`), 'utf8')), name).toBeTypeOf('object');
      expect(await docker(['image', 'ls', '--all', '--quiet', '--filter', 'reference=slimtrace-test/dry-run'])).toBe(
        images,
      );
    });
  });
});
