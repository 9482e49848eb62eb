import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { CiState } from '../../../src/cli/ci/ci-state.js';
import type { SlimmingFlags } from '../../../src/cli/slim-run.js';
import type { Engine } from '../../../src/engine/engine.js';
import { SlimtraceError } from '../../../src/errors.js';
import { slimReportOf } from '../../report/ci/ci-report-of.js';

const directory = mkdtempSync(join(tmpdir(), 'ci-state-test-'));
const file = join(directory, 'state.json');
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => rmSync(file, { force: true }));

const report = slimReportOf({ base: null, debug: null, output: null });
const images = { [report.original.reference]: report.original.id, [report.slim.reference]: report.slim.id };

function engineWith(known: Readonly<Record<string, string>>): Engine {
  const inspectImage = async (name: string) => {
    const id = known[name];
    if (id === undefined) throw new SlimtraceError('image-not-found', { image: name });
    return { id };
  };
  return { inspectImage } as unknown as Engine;
}

const asked = {
  settings: 'sha256:1',
  engine: engineWith(images),
  image: report.original.reference,
  flags: {} as SlimmingFlags,
};

async function reopened(warnings: string[] = []): Promise<CiState> {
  return await CiState.open(file, (message) => warnings.push(message));
}

describe('images that passed before', () => {
  test('one is taken as it was', async () => {
    await (await reopened()).add('web', { settings: 'sha256:1', report, engine: asked.engine });
    expect(await (await reopened()).find('web', asked)).toEqual(report);
    expect(await (await reopened()).find('api', asked)).toBeUndefined();
  });

  test.each([
    ['other settings', { settings: 'sha256:2' }],
    ['another original', { engine: engineWith({ ...images, [asked.image]: 'sha256:other' }) }],
    ['a slim image that is gone', { engine: engineWith({ [asked.image]: report.original.id }) }],
    ['a slim image that was replaced', { engine: engineWith({ ...images, [report.slim.reference]: 'sha256:other' }) }],
    [
      'a report that is to be written, and isn’t there',
      { flags: { report: join(directory, 'none') } as SlimmingFlags },
    ],
    ['a smaller size accepted since', { flags: { failIfLarger: true } as SlimmingFlags, acceptedBytes: 1 }],
    ['nothing to be left', { flags: { dryRun: true } as SlimmingFlags }],
  ])('not with %s', async (_what, more) => {
    await (await reopened()).add('web', { settings: 'sha256:1', report, engine: asked.engine });
    expect(await (await reopened()).find('web', { ...asked, ...more })).toBeUndefined();
  });

  test('nor on a base that has changed since', async () => {
    const base = { name: 'base:1' } as never;
    const engine = engineWith({ ...images, 'base:1': 'sha256:b' });
    await (await reopened()).add('web', { settings: 'sha256:1', report: { ...report, base }, engine });
    expect(await (await reopened()).find('web', { ...asked, engine })).toBeDefined();
    const newer = engineWith({ ...images, 'base:1': 'sha256:c' });
    expect(await (await reopened()).find('web', { ...asked, engine: newer })).toBeUndefined();
    expect(await (await reopened()).find('web', asked)).toBeUndefined();
  });

  test('one that failed since is forgotten', async () => {
    const state = await reopened();
    await state.add('web', { settings: 'sha256:1', report, engine: asked.engine });
    await state.remove('web');
    expect(await (await reopened()).find('web', asked)).toBeUndefined();
  });

  test('two that end at the same time are both written', async () => {
    const state = await reopened();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => state.add(name, { settings: 'sha256:1', report, engine: asked.engine })));
    const again = await reopened();
    for (const name of names) expect(await again.find(name, asked), name).toBeDefined();
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -10), /is damaged/],
    ['edited', (text: string) => text.replace('98600000', '98600001'), /is damaged/],
    [
      'of another version',
      (text: string) => text.replace(/"slimtraceVersion":"[^"]*"/, '"slimtraceVersion":"9"'),
      /another version/,
    ],
  ])('a file that is %s is told, and nothing is taken from it', async (_what, damage, words) => {
    await (await reopened()).add('web', { settings: 'sha256:1', report, engine: asked.engine });
    const text = readFileSync(file, 'utf8');
    expect(damage(text)).not.toBe(text);
    writeFileSync(file, damage(text));
    const warnings: string[] = [];
    expect(await (await reopened(warnings)).find('web', asked)).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(words)]);
  });

  test.each(['{"a":1}\n', 'null', 'my notes\n', ' {"kind":"ci-state","images":[]}'])(
    'a file that is something else is not replaced: %j',
    async (text) => {
      writeFileSync(file, text);
      await expect(reopened()).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('is no state of slimtrace ci'),
      });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('an empty file is taken, as mktemp makes it', async () => {
    writeFileSync(file, '');
    const warnings: string[] = [];
    await (await reopened(warnings)).add('web', { settings: 'sha256:1', report, engine: asked.engine });
    expect(warnings).toEqual([]);
    expect(await (await reopened()).find('web', asked)).toEqual(report);
  });

  test('a place that can’t be written is told before the work', async () => {
    await expect(CiState.open(join(directory, 'no', 'such', 'state.json'), () => {})).rejects.toMatchObject({
      code: 'output-unwritable',
    });
  });
});
