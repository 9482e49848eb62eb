import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OutputLog } from '../../../src/engine/embedded/output-log.js';

test('keeps the last lines of both streams, cuts long ones, and never more than a bounded tail', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const log = new OutputLog(stdout, stderr);
  for (let count = 0; count < 100; count++) stdout.write(`${'x'.repeat(10_000)}\n`);
  await turn();
  stderr.write(`oops\n\n${'y'.repeat(1000)}\n`);
  await turn();
  const lines = log.lastLines(1000);
  expect(lines.length).toBeLessThan(40);
  expect(lines.slice(-2)).toEqual(['oops', `${'y'.repeat(400)}…`]);
  expect(log.lastLines(1)).toEqual([`${'y'.repeat(400)}…`]);
});

test('tells listeners of chunks until they have enough', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const log = new OutputLog(stdout, stderr);
  const heard: string[] = [];
  const stop = log.listen((stream, chunk) => heard.push(`${stream} ${chunk}`));
  stdout.write('a');
  stderr.write('b');
  await turn();
  stop();
  stdout.write('c');
  await turn();
  expect(heard).toEqual(['stdout a', 'stderr b']);
  expect(log.lastLines(5)).toEqual(['abc']);
});
