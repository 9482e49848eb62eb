import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.ts';
import { describeOnEngine, docker, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const image = 'slimtrace-test/budgets:1';
const tag = 'slimtrace-test/budgets:slim';
const checked = ['--exit', '--timeout', '120', '--', 'echo', 'hello'];

describeOnEngine('budgets', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let archive: string;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    archive = join(scratch.path, 'image.tar');
    const entries = {
      ...busyboxEntries(),
      'usr/share/big': { bytes: Buffer.alloc(300_000, 'x') },
      programs: { link: 'bin' },
    };
    await writeSmallArchive(archive, image, entries, { Cmd: ['sh'] });
    await docker(['load', '--quiet', '--input', archive]);
  });
  afterAll(async () => {
    await removeImages(tag, `${tag}-failed`, image);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('an image that is too large never takes the good one’s name, however often it is tried', async () => {
    const flags = ['--tag', tag, '--fail-if-larger', '--max-size', '10MB', '--forbid-path', '/usr/share/**', '--json'];
    const good = await slimtrace.run(['slim', image, ...flags, ...checked]);
    expect(good.exitCode, good.stderr).toBe(0);
    expect(budgetsOf(good.stdout)).toEqual(['+ max-size', '+ fail-if-larger', '+ forbid-path /usr/share/**']);
    const id = await imageId(tag);
    for (const attempt of ['first', 'second']) {
      const larger = await slimtrace.run(['slim', image, ...flags, '--include', '/usr/share/big', ...checked]);
      expect(larger.exitCode, `${attempt}: ${larger.stderr}`).toBe(1);
      expect(budgetsOf(larger.stdout)).toEqual(['+ max-size', '- fail-if-larger', '- forbid-path /usr/share/**']);
      expect((JSON.parse(larger.stdout) as SlimReport).slim.reference).toBe(`${tag}-failed`);
      expect(await imageId(tag), 'the good image keeps its name').toBe(id);
    }
    expect(await imageId(`${tag}-failed`)).toBeDefined();
  });

  test('without any engine: no archive takes the good one’s place, and nobody can overlook it', async () => {
    await using empty = await openScratch();
    const settings = await withoutEngine(empty.path);
    const output = join(empty.path, 'slim.tar');
    const args = ['slim', archive, '--output', output];
    expect((await slimtrace.run([...args, '-q', ...checked], settings)).exitCode).toBe(0);
    const before = await readFile(output);
    const flags = ['--max-size', '1kB', '--max-files', '1', '--min-reduction', '50%', '--fail-on', 'shell,root,setuid'];
    const kept = ['--include', '/programs/echo', '--forbid-path', '/programs/e*', '--forbid-package', 'DASH'];
    const outcome = await slimtrace.run([...args, ...flags, '-q', ...kept, ...checked], settings);
    expect(outcome.exitCode).toBe(1);
    expect(before.equals(await readFile(output)), 'the good archive is as it was').toBe(true);
    const told = outcome.stdout.slice(outcome.stdout.indexOf('over '));
    expect(told.replaceAll(empty.path, '').replace(/\([\d.]+ s\)/, '(T)')).toMatchInlineSnapshot(`
      "over       max-size: 1.98 MB; allowed: 1.00 kB
                 /bin (1.98 MB)
      over       min-reduction: 13.1%; allowed: 50.0%
                 /bin (1.98 MB)
      over       max-files: 6; allowed: 1
                 /bin (3 files)
                 /etc (2 files)
                 / (1 file besides)
      over       forbid-path /programs/e*: /bin/echo (as /programs/echo); allowed: none
      in budget  forbid-package DASH: none (none)
      over       fail-on shell: /bin/busybox; allowed: none
      in budget  fail-on setuid: none (none)
      over       fail-on root: root (no user is named); allowed: a user that is not root
                 another user: --user nonroot, or USER in the Dockerfile

      note: --forbid-package forbids nothing that the image or its base ever had: DASH
      note: the image holds no CA certificates, so the slim one can verify nobody over TLS; give some with --certs FILE, or --no-certs if it needs none

      proved, but over budget: max-size, min-reduction, max-files, forbid-path /programs/e*, fail-on shell, fail-on root; kept as /slim-failed.tar to look into (T)
      hint: leave out what is too much with --exclude, or raise the budget
      "
    `);
  });
});

/** `+ BUDGET` for one that is kept to. */
function budgetsOf(stdout: string): string[] {
  const { budgets } = JSON.parse(stdout) as SlimReport;
  return budgets.map(({ budget, passed }) => `${passed ? '+' : '-'} ${budget}`);
}
