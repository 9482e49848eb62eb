import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScratch } from '../support/run-docker.ts';
import { openSlimtrace, type RunSettings, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

describe('an output that can’t be written any more when the work is done', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let settings: RunSettings;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await writeSmallArchive(join(scratch.path, 'app.tar'), 'test/app:1', busyboxEntries(), {
      Entrypoint: ['echo', 'hello'],
      Env: ['PATH=/bin'],
    });
    settings = { ...(await withoutEngine(scratch.path)), cwd: scratch.path };
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const read = (file: string) => readFile(join(scratch.path, file), 'utf8');

  /** Runs, and takes the names of those files while it does. */
  async function runAndTake(args: readonly string[], ...lost: readonly string[]) {
    const run = slimtrace.start(args, settings);
    await run.waitFor(/list the files of the image/);
    for (const file of lost) await mkdir(join(scratch.path, file));
    return await run.ended;
  }

  test('slim writes the others, tells the verdict, and then what it could not write', async () => {
    const args = ['slim', 'app.tar', '--exit', '--json', '--report', 'r.json', '--html', 'r.html', '--sbom', 's.json'];
    const { exitCode, stdout, stderr } = await runAndTake(args, 'r.json');
    expect(exitCode, stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'slim', passed: true });
    expect(stderr).toContain('error: could not write r.json\n');
    expect(await read('r.html')).toContain('<html');
    expect(JSON.parse(await read('s.json'))).toMatchObject({ bomFormat: 'CycloneDX' });
  });

  test('ci tells it of the image, with what came of it, and resumes nothing of it', async () => {
    const configuration = { images: { app: { image: 'app.tar', exit: true, report: 'app.json', markdown: 'app.md' } } };
    await writeFile(join(scratch.path, 'slimtrace.yaml'), JSON.stringify(configuration));
    const args = ['ci', '--resume', 'state.json', '--junit', 'j.xml', '--json'];
    const { exitCode, stdout, stderr } = await runAndTake(args, 'app.json', 'app.md');
    expect(exitCode, stderr).toBe(3);
    expect(JSON.parse(stdout).images).toMatchObject([
      {
        outcome: 'error',
        report: { passed: true },
        problem: { message: 'could not write app.json, app.md', exitCode: 3 },
      },
    ]);
    expect(await read('j.xml')).toContain('could not write app.json, app.md');
    expect(JSON.parse(await read('state.json').catch(() => '{"images":[]}')).images).toEqual([]);
  });
});
