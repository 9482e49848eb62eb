import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sharedThings } from '../../../src/cli/ci/run-images.js';
import { digestSettings } from '../../../src/cli/ci/settings-digest.js';
import type { SlimmingFlags } from '../../../src/cli/slim-run.js';

const directory = mkdtempSync(join(tmpdir(), 'settings-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const flagsOf = (flags: Partial<SlimmingFlags>) => ({ runs: [{}], ...flags }) as SlimmingFlags;
const digest = (flags: Partial<SlimmingFlags>, env: Record<string, string> = {}, command: string[] = []) =>
  digestSettings({ image: 'app', command, flags: flagsOf(flags) }, env);

test('the same settings have the same digest, and other ones another', async () => {
  expect(await digest({ tag: 'a' })).toBe(await digest({ tag: 'a' }));
  const all = [digest({}), digest({ tag: 'a' }), digest({ tag: 'b' }), digest({}, {}, ['x'])];
  expect(new Set(await Promise.all(all)).size).toBe(4);
  expect(await digest({ quiet: true, json: true }), 'how it is told is no matter').toBe(await digest({}));
});

test('a variable that is passed on counts by its value, and none that isn’t', async () => {
  const flags = { runs: [{ env: ['TOKEN', 'A=b'] }] } as Partial<SlimmingFlags>;
  expect(await digest(flags, { TOKEN: '1' })).not.toBe(await digest(flags, { TOKEN: '2' }));
  expect(await digest(flags, { OTHER: '1' })).toBe(await digest(flags, { OTHER: '2' }));
  expect(await digest({}, { SOURCE_DATE_EPOCH: '1' })).not.toBe(await digest({}));
});

test.each(['certs', 'lock', 'trace', 'includeFrom', 'packs', 'envFile'])(
  'a file of %s counts by what is in it',
  async (name) => {
    const file = join(directory, name);
    const flags = {
      certs: { certs: file },
      lock: { lock: file },
      trace: { trace: file },
      includeFrom: { includeFrom: [file] },
      packs: { packs: [file] },
      envFile: { runs: [{}, { envFile: [file] }] },
    }[name] as Partial<SlimmingFlags>;
    const absent = await digest(flags);
    writeFileSync(file, 'one');
    const one = await digest(flags);
    writeFileSync(file, 'two');
    expect(new Set([absent, one, await digest(flags)]).size).toBe(3);
  },
);

test('images meet each other in the user’s networks and volumes, in any scenario', () => {
  const runs = [{ network: 'bridge' }, { network: 'db', volume: ['/anonymous', 'data:/var/lib', './src:/app:ro'] }];
  expect([...sharedThings({ flags: flagsOf({ runs } as never) })]).toEqual([
    'network db',
    'volume data',
    'volume ./src',
  ]);
  expect(sharedThings({ flags: flagsOf({}) }).size).toBe(0);
});
