import { expect, test } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import { plainStyle } from '../../src/report/style.js';
import { renderTraceSummary } from '../../src/report/trace-human.js';
import { mergeFiles } from '../../src/trace/merge-files.js';
import type { Collection, Trace } from '../../src/trace/trace.js';
import { anyImage, traceOf } from './trace-of.js';

function shard(id: string, paths: readonly string[], more: Partial<Trace> = {}, collection: Partial<Collection> = {}) {
  return traceOf(
    paths.map((path) => ({ path, accesses: ['read'] as const, programs: ['/app'], runs: [0] })),
    {
      runs: [
        {
          command: ['/app', '--serve'],
          mode: 'init',
          end: 'exit',
          collection: { id, startedAt: `2026-01-01T00:00:0${id}Z`, slimtrace: '1.0.0', ...collection },
        },
      ],
      ...more,
    },
  );
}

test('shards are called after their files, unless they have names', () => {
  const { trace, warnings } = mergeFiles(
    { file: 'out/login.json', trace: shard('1', ['/a', '/b']) },
    { file: 'out/search.json.gz', trace: shard('2', ['/b', '/c', '/d']) },
    { file: 'x', trace: shard('3', ['/b'], {}, { name: 'admin\u001b[2J' }) },
  );
  expect(warnings).toEqual([]);
  expect(renderTraceSummary(trace, plainStyle)).toMatchInlineSnapshot(`
    "sha256:1111111111111111111111111111111111111111111111111111111111111111: 4 paths in 3 runs
      login · /app --serve: 2 paths, 1 that no other run touched
      search · /app --serve: 3 paths, 2 that no other run touched
      admin\\x1b[2J · /app --serve: 1 path, none that no other run touched
    "
  `);
});

test('a file that is given twice is told, by whatever spelling, and counts once', () => {
  const [a, b] = [shard('1', ['/a']), traceOf([], { runs: [{ command: ['/app'], mode: 'init', end: 'exit' }] })];
  const give = (file: string, trace: Trace) => ({ file, trace });
  const again = mergeFiles(give('b.json', b), give('a.json', a), give('./a.json', a), give('.//b.json', b));
  expect(again.warnings).toEqual(['b.json is given twice', 'a.json is given twice']);
  expect(again.trace).toEqual(mergeFiles(give('b.json', b), give('a.json', a)).trace);
  expect(mergeFiles(give('a.json', a), give('a.json', a)).warnings).toEqual(['a.json is given twice']);
});

test('a file whose runs are in others is told, and adds nothing', () => {
  const [a, b] = [shard('1', ['/a']), shard('2', ['/b'])];
  const both = mergeFiles({ file: 'a.json', trace: a }, { file: 'b.json', trace: b });
  const again = mergeFiles(
    { file: 'a.json', trace: a },
    { file: 'b.json', trace: b },
    { file: 'ab.json', trace: both.trace },
  );
  expect(again.warnings).toEqual(['ab.json adds nothing: the same runs are in a.json and b.json']);
  expect(again.trace).toEqual(both.trace);
});

test('traces with and without system calls are merged, and what that means is told', () => {
  const { trace, warnings } = mergeFiles(
    { file: 'a.json', trace: shard('1', ['/a'], { syscalls: ['read'] }) },
    { file: 'b.json', trace: shard('2', ['/b']) },
  );
  expect(trace.syscalls).toEqual(['read']);
  expect(warnings).toEqual([
    'no system calls are in b.json: a seccomp profile made from this trace knows those of the others',
  ]);
});

test('traces of two images are refused, and which is of which is told', () => {
  const image = { ...anyImage, id: 'sha256:2', diffIds: ['sha256:e'], reference: 'app:2' };
  const merge = () =>
    mergeFiles({ file: 'a.json', trace: shard('1', []) }, { file: 'b.json', trace: shard('2', [], { image }) });
  expect(merge).toThrow(SlimtraceError);
  expect(merge).toThrow(`these traces are not of one image: a.json is of ${anyImage.id}, b.json of app:2 (sha256:2)`);
});

test('of hundreds of runs the first are shown', () => {
  const run = { command: ['true', 'x'.repeat(100)], mode: 'exec', end: 'exit' } as const;
  const summary = renderTraceSummary(traceOf([], { runs: Array.from({ length: 300 }, () => run) }), plainStyle);
  expect(summary.split('\n')).toHaveLength(33);
  expect(summary).toContain('and 270 more runs');
  expect(summary).toContain(`exec true ${'x'.repeat(55)}…: 0 paths, none that no other run touched`);
});
