import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInProcess } from './run-in-process.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'e2e-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const writtenBy = /^hint: give a file that `slimtrace slim IMAGE --report FILE` wrote, or the name of a slim image/m;

test.each([
  ['nothing', '', writtenBy],
  ['no JSON', '{"schemaVersion":1,', writtenBy],
  ['another value', 'null', writtenBy],
  ['a report of another command', '{"schemaVersion":1,"kind":"compare"}', writtenBy],
  ['a report of another version', '{"schemaVersion":1,"kind":"slim","tree":[[]]}', /^hint: slim the image again/m],
  ['half a report', '{"schemaVersion":1,"kind":"slim","passed":true}', /^hint: slim the image again/m],
])('a report file with %s in it is an error that says what writes one', async (_, text, hint) => {
  const file = join(directory, 'report.json');
  await writeFile(file, text);
  for (const args of [['report', file], ...(hint === writtenBy ? [['why', 'app', '/x', '--report', file]] : [])]) {
    const { exitCode, stdout, stderr } = await runInProcess(args);
    expect({ exitCode, stdout }, args.join(' ')).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`error: ${file}: `);
    expect(stderr).toMatch(hint);
  }
});
