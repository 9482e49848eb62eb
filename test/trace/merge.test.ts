import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameImage, mergeTraces } from '../../src/trace/merge-traces.js';
import type { Collection, Touched, Trace } from '../../src/trace/trace.js';
import { arbitraryTrace } from './arbitrary-trace.js';
import { anyImage, traceOf } from './trace-of.js';

function trace(command: string, ...paths: readonly Touched[]): Trace {
  const runs = [{ command: [command], mode: 'exec', end: 'exit' }] as const;
  return traceOf(
    paths.map((path) => ({ ...path, runs: [0] })),
    { runs },
  );
}

const touched = (path: string, access: Touched['accesses'][number], program: string): Touched => ({
  path,
  accesses: [access],
  programs: [program],
});

const collected = (
  whole: Trace,
  { id = 'sha256:c', startedAt = '2026-01-01T00:00:00Z', ...more }: Partial<Collection>,
) => ({
  ...whole,
  runs: whole.runs.map((run) => ({ ...run, collection: { id, startedAt, slimtrace: '1.0.0', ...more } })),
});

describe('traces as one', () => {
  test('nothing that any run touched is lost, and who touched it is told', () => {
    const merged = mergeTraces(
      trace('a', touched('/b', 'stat', '/bin/a'), touched('/a', 'read', '/bin/a')),
      trace('b', touched('/b', 'read', '/bin/b'), touched('/c', 'exec', '/bin/b')),
      trace('c', touched('/b', 'read', '/bin/a')),
    );
    expect(merged.paths).toEqual([
      { path: '/a', accesses: ['read'], programs: ['/bin/a'], runs: [0] },
      { path: '/b', accesses: ['read', 'stat'], programs: ['/bin/a', '/bin/b'], runs: [0, 1, 2] },
      { path: '/c', accesses: ['exec'], programs: ['/bin/b'], runs: [1] },
    ]);
    expect(merged.runs.map(({ command }) => command[0])).toEqual(['a', 'b', 'c']);
  });

  test('every name that a path was reached through survives', () => {
    const [fd, link] = ['/proc/self/fd/3', '/run/link'].map((name) =>
      trace('a', { ...touched('/x', 'read', '/1'), reachedThrough: [name] }),
    ) as [Trace, Trace];
    expect(mergeTraces(link, fd).paths[0]?.reachedThrough).toEqual(['/proc/self/fd/3', '/run/link']);
  });

  test('what existed is known as soon as one of them knows', () => {
    const of = (existed?: boolean) =>
      traceOf([{ ...touched('/x', 'read', '/1'), ...(existed === undefined ? {} : { existed }) }]);
    expect(mergeTraces(of(), of(true), of(false)).paths[0]?.existed).toBe(true);
    expect(mergeTraces(of(), of(false)).paths[0]?.existed).toBe(false);
    expect(mergeTraces(of(), of()).paths[0]).not.toHaveProperty('existed');
  });

  test('runs of a collection that is in both are there once, by the name that one of them has', () => {
    const one = trace('a', touched('/x', 'read', '/1'));
    const merged = mergeTraces(collected(one, {}), collected(one, { name: 'shard' }));
    expect(merged.runs.map(({ collection }) => collection?.name)).toEqual(['shard']);
    expect(merged.paths[0]?.runs).toEqual([0]);
  });

  test('collections stand in the order in which they began', () => {
    const late = collected(trace('late'), { id: 'sha256:a', startedAt: '2026-01-02T00:00:00Z' });
    const early = collected(trace('early'), { id: 'sha256:b' });
    expect(mergeTraces(late, early).runs.map(({ command }) => command[0])).toEqual(['early', 'late']);
  });

  test('the image of the first is the image, with what others of the same files know of it', () => {
    const other = { ...anyImage, id: `sha256:${'0'.repeat(64)}`, repoDigests: ['a@sha256:1'], reference: 'app:1' };
    const strange = { ...anyImage, id: 'sha256:9', diffIds: [], repoDigests: ['b@sha256:2'] };
    const merged = mergeTraces(traceOf([]), traceOf([], { image: other }), traceOf([], { image: strange }));
    expect(merged.image).toEqual(other);
  });
});

describe('merging, whatever is merged', () => {
  test('is the same in every order and every grouping', () => {
    fc.assert(
      fc.property(arbitraryTrace, arbitraryTrace, arbitraryTrace, (a, b, c) => {
        const merged = mergeTraces(a, b, c);
        expect(mergeTraces(c, a, b)).toEqual(merged);
        expect(mergeTraces(mergeTraces(a, b), c)).toEqual(merged);
        expect(mergeTraces(a, mergeTraces(b, c))).toEqual(merged);
      }),
    );
  });

  test('adds nothing the second time', () => {
    fc.assert(
      fc.property(arbitraryTrace, arbitraryTrace, (a, b) => {
        const merged = mergeTraces(a, b);
        expect(mergeTraces(merged, a)).toEqual(merged);
        expect(mergeTraces(merged, merged)).toEqual(merged);
      }),
    );
  });
});

test('the same files are the same image, by whatever ID an engine knows them', () => {
  expect(isSameImage(anyImage, { ...anyImage, id: 'sha256:2' })).toBe(true);
  expect(isSameImage(anyImage, { ...anyImage, diffIds: [] })).toBe(true);
  expect(isSameImage(anyImage, { ...anyImage, id: 'sha256:2', diffIds: ['sha256:e'] })).toBe(false);
  expect(isSameImage({ ...anyImage, diffIds: [] }, { ...anyImage, id: 'sha256:2', diffIds: [] })).toBe(false);
});
