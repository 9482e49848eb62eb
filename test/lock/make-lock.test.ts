import { expect, test } from 'vitest';
import { makeLock } from '../../src/report/lock/make-lock.ts';
import { tracesOfLock } from '../../src/selection/lock/lock-trace.ts';
import type { SlimResult } from '../../src/slim-result.ts';
import { smallImage } from '../selection/small-image.ts';
import { traceOf } from '../trace/trace-of.ts';

function lockOf(image: string, ...touched: Parameters<typeof traceOf>) {
  const result = {
    tree: smallImage(image).tree,
    trace: traceOf(...touched),
    healing: { rounds: [] },
    selection: { selection: new Map() },
    config: {},
    original: { id: 'sha256:1' },
    slim: { census: { files: 1 }, sizeBytes: 1 },
  };
  // What is made of it needs no more.
  return makeLock(result as unknown as SlimResult, {
    image: 'app:1',
    version: '1.0.0',
    options: {},
    scenarios: [{}],
    command: [],
    allow: [],
  });
}

test('a temporary file has another name at each run; what the image has there keeps its own', () => {
  const by = { accesses: ['read'], programs: ['/bin/app'] } as const;
  const lock = lockOf('/bin/app\n/tmp/\n/tmp/data.json\n/tmp/link -> /etc/app.conf\n/var/tmp/\n/etc/app.conf', [
    { path: '/tmp/data.json', ...by },
    { path: '/tmp/3f2a', ...by },
    { path: '/var/tmp/81.lock', ...by },
    { path: '/proc/71/maps', ...by },
    { path: '/etc/app.conf', ...by, reachedThrough: ['/tmp/link', '/tmp/91/link'] },
  ]);
  expect(lock.traced).toEqual([
    { path: '/etc/app.conf', ...by, reachedThrough: ['/tmp/any', '/tmp/link'] },
    { path: '/tmp/data.json', ...by },
  ]);
  expect(lock.lookedFor.map(({ path }) => path)).toEqual(['/proc/self/maps', '/tmp/any', '/var/tmp/any']);
  expect(tracesOfLock(lock).trace.paths.map(({ path, existed }) => [path, existed])).toContainEqual([
    '/tmp/data.json',
    true,
  ]);
});
