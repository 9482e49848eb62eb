import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readTraceFile } from '../../src/cli/trace-file.js';
import type { Trace } from '../../src/trace/trace.js';
import { renderTrace } from '../../src/trace/trace-json.js';

const directory = mkdtempSync(join(tmpdir(), 'trace-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
const { signal } = new AbortController();

test('a compressed trace comes through a pipe as from a file', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = { reference: 'app:1', id: digest, repoDigests: [], platform, diffIds: [digest] };
  const trace: Trace = { image, runs: [], paths: [] };
  const file = join(directory, 'trace.gz');
  const pipe = join(directory, 'pipe');
  writeFileSync(file, gzipSync(renderTrace(trace)));
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', 'cat "$1" > "$0"', pipe, file]);
  const ended = new Promise((resolve) => writer.on('exit', resolve));
  expect(await readTraceFile(pipe, signal)).toEqual(await readTraceFile(file, signal));
  await ended;
});

test('what unpacks to more than anyone has traced is given up', async () => {
  const file = join(directory, 'bomb.gz');
  // RFC 1952: members one after the other unpack to one text.
  const member = gzipSync(Buffer.alloc(8 * 1024 * 1024));
  writeFileSync(file, Buffer.concat(Array.from({ length: 40 }, () => member)));
  await expect(readTraceFile(file, signal)).rejects.toMatchObject({
    code: 'trace-invalid',
    message: `${file} is not a usable trace: it unpacks to more than 128 MiB`,
  });
});

test('nothing is read for a run that has been interrupted', async () => {
  const reason = new Error('interrupted by SIGTERM');
  await expect(readTraceFile('/dev/zero', AbortSignal.abort(reason))).rejects.toBe(reason);
});
