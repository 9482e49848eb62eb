import { expect, test } from 'vitest';
import { mergeTraces, type Trace, type TracedPath } from '../../src/trace/trace.js';

function trace(command: string, ...paths: readonly TracedPath[]): Trace {
  return { schemaVersion: 1, imageId: 'sha256:1', runs: [{ command: [command], mode: 'exec', end: 'exit' }], paths };
}

const touched = (path: string, access: TracedPath['accesses'][number], program: string): TracedPath => ({
  path,
  accesses: [access],
  programs: [program],
});

test('nothing that any run touched is lost', () => {
  const merged = mergeTraces(
    trace('a', touched('/b', 'stat', '/bin/a'), touched('/a', 'read', '/bin/a')),
    trace('b', touched('/b', 'read', '/bin/b'), touched('/c', 'exec', '/bin/b')),
    trace('c', touched('/b', 'read', '/bin/a')),
  );
  expect(merged.paths).toEqual([
    { path: '/a', accesses: ['read'], programs: ['/bin/a'] },
    { path: '/b', accesses: ['read', 'stat'], programs: ['/bin/a', '/bin/b'] },
    { path: '/c', accesses: ['exec'], programs: ['/bin/b'] },
  ]);
  expect(merged.runs.map(({ command }) => command[0])).toEqual(['a', 'b', 'c']);
});

test('the order of the runs makes no difference to the paths', () => {
  const traces = [
    trace('a', touched('/x', 'read', '/1')),
    trace('b', touched('/x', 'stat', '/2'), touched('/w', 'read', '/2')),
  ];
  const [one, other] = [
    mergeTraces(traces[0] as Trace, traces[1] as Trace),
    mergeTraces(traces[1] as Trace, traces[0] as Trace),
  ];
  expect(one.paths).toEqual(other.paths);
});

test('the name a path was reached through survives', () => {
  const through = { ...touched('/x', 'read', '/1'), reachedThrough: '/proc/self/fd/3' };
  expect(mergeTraces(trace('a', touched('/x', 'stat', '/1')), trace('b', through)).paths[0]?.reachedThrough).toBe(
    '/proc/self/fd/3',
  );
});

test('two names that lead to one path are both there, whatever the order', () => {
  const [fd, link] = ['/proc/self/fd/3', '/run/link'].map((reachedThrough) =>
    trace('a', { ...touched('/x', 'read', '/1'), reachedThrough }),
  ) as [Trace, Trace];
  const merged = mergeTraces(fd, link).paths;
  expect(merged.flatMap(({ path, reachedThrough }) => [path, reachedThrough])).toEqual(
    expect.arrayContaining(['/proc/self/fd/3', '/run/link']),
  );
  expect(mergeTraces(link, fd).paths).toEqual(merged);
});
