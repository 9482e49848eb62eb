import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { acceptSizes, readAcceptedSizes } from '../../../src/cli/ci/accepted-sizes.js';
import { ciImageOf } from '../../report/ci/ci-report-of.js';

const directory = mkdtempSync(join(tmpdir(), 'accepted-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const now = new Date('2026-03-04T05:06:07.890Z');
const old = { sizeBytes: 5, files: 1, acceptedAt: '2025-01-01T00:00:00Z' };

test('sizes of images that passed take the place of the old ones; all others stay', () => {
  const before = new Map([
    ['web', old],
    ['gone', old],
  ]);
  const images = [
    ciImageOf(),
    ciImageOf({ name: 'bad', outcome: 'failed' }),
    ciImageOf({ name: 'api', outcome: 'passed' }),
  ];
  const { images: sizes } = acceptSizes(before, images, now);
  const accepted = { sizeBytes: 98.6e6, files: 1234, acceptedAt: '2026-03-04T05:06:07Z' };
  expect(Object.entries(sizes)).toEqual([
    ['api', accepted],
    ['gone', old],
    ['web', accepted],
  ]);
});

test('a size that is the same keeps its time: a committed file changes only when there is something to see', () => {
  const same = { ...old, sizeBytes: 98.6e6, files: 1234 };
  expect(acceptSizes(new Map([['web', same]]), [ciImageOf()], now).images).toEqual({ web: same });
});

test('what was written is read', async () => {
  const file = join(directory, 'sizes.json');
  writeFileSync(file, JSON.stringify(acceptSizes(new Map(), [ciImageOf()], now)));
  expect(await readAcceptedSizes(file)).toEqual(
    new Map([['web', { sizeBytes: 98.6e6, files: 1234, acceptedAt: '2026-03-04T05:06:07Z' }]]),
  );
  expect(await readAcceptedSizes(join(directory, 'absent.json'))).toEqual(new Map());
});

test.each(['', '{}\n', '<<<<<<< ours\n{"kind": "accepted-sizes"'])(
  'sizes that are written anew are replaced, with a word about it: %j',
  async (text) => {
    const file = join(directory, 'damaged.json');
    writeFileSync(file, text);
    const told: string[] = [];
    expect(await readAcceptedSizes(file, { replace: (problem) => told.push(problem) })).toEqual(new Map());
    expect(told).toEqual([expect.stringMatching(/damaged\.json has no accepted sizes .*; it is written anew/)]);
    await expect(readAcceptedSizes(file)).rejects.toMatchObject({
      hint: expect.stringContaining('ci --accept writes it anew'),
    });
  },
);

test('what never was a file of sizes is not replaced', async () => {
  const file = join(directory, 'notes.txt');
  writeFileSync(file, 'my notes\n');
  const replace = () => expect.unreachable();
  await expect(readAcceptedSizes(file, { replace })).rejects.toMatchObject({
    code: 'accepted-invalid',
    hint: expect.stringContaining('is it the file you mean?'),
  });
});

test.each([
  ['', /JSON/],
  ['{}', /schemaVersion/],
  [
    '{"schemaVersion":1,"kind":"accepted-sizes","images":{"a":{"sizeBytes":-1,"files":1,"acceptedAt":"2026-01-01T00:00:00Z"}}}',
    /images\.a\.sizeBytes \(-1\)/,
  ],
  ['{"schemaVersion":1,"kind":"accepted-sizes","images":{},"more":1}', /more/],
])('%s is no file of accepted sizes, and nothing is compared with it', async (text, reason) => {
  const file = join(directory, 'bad.json');
  writeFileSync(file, text);
  await expect(readAcceptedSizes(file)).rejects.toMatchObject({
    code: 'accepted-invalid',
    message: expect.stringMatching(reason),
  });
});
