import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { accessKinds, type Collection, type Trace, type TracedPath, type TracedRun } from '../../src/trace/trace.js';
import { anyImage } from './trace-of.js';

const digestOf = (content: unknown) => `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;

const paths = fc.constantFrom(
  '/a',
  '/a/b',
  '/\udcff',
  '/__proto__',
  '/x\ny',
  '/usr/lib/libc.so.6',
  '/constructor',
  '/é',
);

const sorted = <Item extends string | number>(items: readonly Item[]): Item[] =>
  items.toSorted((left, right) => (left < right ? -1 : 1));

/** A trace as one use of slimtrace writes it: some runs, in a collection that tells them from all others, and what each touched. */
export const arbitraryTrace = fc
  .record({
    runs: fc.array(
      fc.record({ command: fc.array(fc.string(), { maxLength: 2 }), mode: fc.constantFrom('init', 'exec') }),
      { minLength: 1, maxLength: 3 },
    ),
    touched: fc.dictionary(
      paths,
      fc.record({
        accesses: fc.uniqueArray(fc.constantFrom(...accessKinds), { minLength: 1, maxLength: 3 }),
        programs: fc.uniqueArray(fc.constantFrom('/bin/a', '/bin/b', '/proc'), { maxLength: 2 }),
        reachedThrough: fc.uniqueArray(fc.constantFrom('/l', '/proc/self/fd/3', '/k'), { maxLength: 2 }),
        runs: fc.uniqueArray(fc.nat(2), { minLength: 1 }),
        existed: fc.constantFrom(true, false, undefined),
      }),
      { noNullPrototype: true },
    ),
    syscalls: fc.option(fc.uniqueArray(fc.constantFrom('read', 'bind', 'x86_64:470'))),
  })
  .map(({ runs, touched, syscalls }): Trace => {
    const id = digestOf([runs, touched]);
    const collection: Collection = { id, startedAt: '2026-11-21T20:00:00Z', slimtrace: '1.0.0' };
    return {
      image: anyImage,
      runs: runs.map(({ command, mode }): TracedRun => ({ command, mode: mode as 'init', end: 'exit', collection })),
      paths: sorted(Object.keys(touched)).flatMap((path): TracedPath[] => {
        const touch = touched[path];
        if (touch === undefined) return [];
        return [
          {
            path,
            accesses: sorted(touch.accesses),
            programs: sorted(touch.programs),
            ...(touch.reachedThrough.length === 0 ? {} : { reachedThrough: sorted(touch.reachedThrough) }),
            runs: sorted([...new Set(touch.runs.map((run) => run % runs.length))]),
            ...(touch.existed === undefined ? {} : { existed: touch.existed }),
          },
        ];
      }),
      ...(syscalls === null ? {} : { syscalls: sorted(syscalls) }),
    };
  });
