import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckOutcome } from '../../src/check/check.js';
import { compareRuns } from '../../src/check/compare-runs.js';
import { choice, type Field, type Fields } from '../../src/check/field.js';
import { json, lines, log, outcomeOf, runOf, status, text } from './run-of.js';

/** The verdict on one check, in short. */
function compare(originals: readonly Fields[], slim: Fields, about: Partial<CheckOutcome> = {}): string[] {
  const verdict = compareRuns(
    originals.map((fields) => runOf([outcomeOf(fields)])),
    runOf([outcomeOf(slim, about)]),
  );
  const [{ kind, differences, setAside } = { kind: 'none', differences: [], setAside: [] }] = verdict.checks;
  expect(verdict.passed).toBe(kind === 'same');
  return [
    kind,
    ...differences.map(({ field, original, slim }) => `${field}: ${original} -> ${slim}`),
    ...setAside.map((field) => `aside: ${field}`),
  ];
}

const binary = (digest: string, sizeBytes: number, start = '89504e470d0a'): Field => ({
  kind: 'binary',
  digest: `sha256:${digest}`,
  sizeBytes,
  start,
});

describe('compareRuns', () => {
  test('the same answer is the same', () => {
    expect(compare([{ status: status(200) }, { status: status(200) }], { status: status(200) })).toEqual(['same']);
  });

  test('another answer is shown, and so is one that is missing or new', () => {
    const original = { status: status(200), 'header a': text('1') };
    expect(compare([original, original], { status: status(500), 'header b': text('2') })).toEqual([
      'different',
      'status: 200 -> 500',
      'header a: 1 -> undefined',
      'header b: undefined -> 2',
    ]);
  });

  const noisy = [
    { body: json({ at: '2026-11-21T10:00:00Z', name: 'a' }) },
    { body: json({ at: '2026-11-21T10:00:07Z', name: 'a' }) },
  ];

  test('what varies is masked where it stands, and nothing else with it', () => {
    const aside = 'aside: body $.at: the date';
    expect(compare(noisy, { body: json({ at: '2026-11-21T10:01:00Z', name: 'a' }) })).toEqual(['same', aside]);
    expect(compare(noisy, { body: json({ at: '2026-11-21T10:01:00Z', name: 'b' }) })).toEqual([
      'different',
      'body $.name: "a" -> "b"',
      aside,
    ]);
  });

  test('a body that varies has headers that follow it, though they were alike by luck', () => {
    const answer = (at: string, length: string) => ({ body: lines(`at ${at}`), 'header content-length': text(length) });
    expect(compare([answer('7', '4'), answer('8', '4')], answer('10', '5'))).toEqual([
      'same',
      'aside: body line 1: a number',
      'aside: header content-length: it follows the body',
    ]);
    expect(compare([answer('7', '4'), answer('8', '4')], { body: lines('at 9') })[0]).toBe('different');
    expect(compare([answer('7', '4'), answer('7', '4')], answer('7', '5'))[0]).toBe('different');
  });

  test('a status that varies may be one of those seen, and no other', () => {
    const original = [{ status: status(200) }, { status: status(304) }];
    expect(compare(original, { status: status(304) })).toEqual(['same', 'aside: status: one of 200, 304']);
    expect(compare(original, { status: status(500) })[1]).toBe('status: 200 or 304 -> 500');
  });

  test('a status that varies does not hide an empty body', () => {
    const original = [
      { status: status(200), body: lines('x') },
      { status: status(304), body: lines('x') },
    ];
    expect(compare(original, { status: status(200), body: lines('') })[0]).toBe('different');
  });

  test('a third run of the original can show what varies', () => {
    const said = (word: string) => ({ a: text(word) });
    expect(compare([said('one'), said('one')], said('two'))[0]).toBe('different');
    expect(compare([said('one'), said('one'), said('two')], said('three'))[0]).toBe('same');
  });

  test('a check that does not pass on the slim image is a difference, even with the same answer', () => {
    const verdict = compareRuns(
      [runOf([outcomeOf({})])],
      runOf([outcomeOf({}, { passed: false, problem: 'timeout' })]),
    );
    expect(verdict).toMatchObject({ passed: false, checks: [{ kind: 'different', problem: 'timeout' }] });
  });

  test('a check that fails on the original proves nothing, whatever the slim image answers', () => {
    const failed = runOf([outcomeOf({ a: text('1') }, { passed: false, problem: 'refused' })]);
    const passed = runOf([outcomeOf({ a: text('1') })]);
    for (const originals of [[failed], [passed, failed]])
      expect(compareRuns(originals, passed)).toMatchObject({
        passed: false,
        checks: [{ kind: 'not-evidence', problem: 'refused' }],
      });
  });

  test('without evidence there is no proof: no checks, or none made on the original', () => {
    expect(compareRuns([runOf([])], runOf([])).passed).toBe(false);
    expect(compareRuns([], runOf([outcomeOf({})])).passed).toBe(false);
  });

  test('one check without evidence beside a proof is no failure', () => {
    const original = runOf([outcomeOf({ a: text('1') }), outcomeOf({}, { passed: false, problem: 'refused' })]);
    const verdict = compareRuns([original], runOf([outcomeOf({ a: text('1') }), outcomeOf({})]));
    expect(verdict.passed).toBe(true);
    expect(verdict.checks.map(({ kind }) => kind)).toEqual(['same', 'not-evidence']);
  });
});

describe('every kind of field, when it alone differs', () => {
  const original: Fields = {
    status: status(200),
    'exit code': choice(0),
    health: choice('healthy'),
    connection: choice('accepted'),
    'header content-type': text('text/html; charset=utf-8'),
    'header location': text('/login?next=1'),
    'header cache-control': text('no-cache, private'),
    'header etag': text('"5f-60a1"'),
    'header set-cookie': json({ session: { value: 'a1b2', path: '/', httponly: '' } }),
    'header server-timing': choice('there'),
    body: json({ id: 1, list: [1, 2], deep: { flag: true, none: null } }),
    stdout: lines('one', 'two', ''),
    stderr: log('warming up'),
    page: { kind: 'lines', unit: 'node', lines: ['<a href="/x">', 'text', '</a>'] },
    picture: binary('a', 10),
  };
  const changes: readonly (readonly [string, Field | undefined])[] = [
    ['status', status(404)],
    ['exit code', choice(1)],
    ['health', choice('unhealthy')],
    ['connection', undefined],
    ['header content-type', text('text/html')],
    ['header location', text('/login?next=2')],
    ['header cache-control', text('no-cache')],
    ['header cache-control', text('private, no-cache')],
    ['header etag', text('"5f-60a2"')],
    ['header etag', undefined],
    ['header set-cookie', json({ session: { value: 'a1b2', path: '/' } })],
    ['header set-cookie', json({ other: { value: 'a1b2', path: '/', httponly: '' } })],
    ['header server-timing', undefined],
    ['body', json({ id: 2, list: [1, 2], deep: { flag: true, none: null } })],
    ['body', json({ id: '1', list: [1, 2], deep: { flag: true, none: null } })],
    ['body', json({ id: 1, list: [2, 1], deep: { flag: true, none: null } })],
    ['body', json({ id: 1, list: [1], deep: { flag: true, none: null } })],
    ['body', json({ id: 1, list: [1, 2], deep: { flag: false, none: null } })],
    ['body', json({ id: 1, list: [1, 2], deep: { flag: true } })],
    ['body', json({ id: 1, list: [1, 2], deep: { flag: true, none: null }, more: 1 })],
    ['body', lines('{}')],
    ['stdout', lines('one', 'TWO', '')],
    ['stdout', lines('one', 'two')],
    ['stdout', lines('two', 'one', '')],
    ['stdout', lines('')],
    ['stderr', log('warming up', 'locale not there, using C')],
    ['page', { kind: 'lines', unit: 'node', lines: ['<a href="/y">', 'text', '</a>'] }],
    ['page', lines('<a href="/x">', 'text', '</a>')],
    ['picture', binary('b', 10)],
  ];
  test.each(changes)('%s: %o', (name, field) => {
    const { [name]: _, ...rest } = original;
    const slim = field === undefined ? rest : { ...rest, [name]: field };
    const [kind, ...differences] = compare([original, original], slim);
    expect(kind).toBe('different');
    for (const difference of differences) expect(difference).toMatch(new RegExp(`^${name}\\b`));
    expect(compare([original, original], original)).toEqual(['same']);
  });

  test('a picture that varies has at least the format and the length it always has', () => {
    const originals = [{ body: binary('a', 10) }, { body: binary('b', 10) }];
    expect(compare(originals, { body: binary('c', 10) })).toEqual(['same', 'aside: body: its bytes']);
    expect(compare(originals, { body: binary('c', 11) })[0]).toBe('different');
    expect(compare(originals, { body: binary('c', 10, '3c68746d6c3e') })[0]).toBe('different');
    const longer = [...originals, { body: binary('c', 99) }];
    expect(compare(longer, { body: binary('d', 50) })[0]).toBe('same');
    expect(compare(longer, { body: binary('d', 0, '') })[0]).toBe('different');
  });

  test('messages for people may be missing, and may say the same of other times and ids', () => {
    const originals = [{ stderr: log('12:00:01 worker 17 up', 'done') }, { stderr: log('12:00:02 worker 18 up') }];
    expect(compare(originals, { stderr: log('12:00:09 worker 21 up') })[0]).toBe('same');
    expect(compare(originals, { stderr: log() })[0]).toBe('same');
    const reordered = [{ stderr: log('at 12:00:01', 'worker 7') }, { stderr: log('worker 7', 'at 12:00:01') }];
    expect(compare(reordered, { stderr: log('at 12:00:09', 'worker 8') })[0]).toBe('same');
    expect(compare(originals, { stderr: log('12:00:09 worker 21 down') })).toEqual([
      'different',
      'stderr: undefined -> 12:00:09 worker 21 down',
    ]);
  });
});

describe('what the containers come to', () => {
  const passing = [outcomeOf({ a: text('1') })];
  const of = (fields: Fields, about = {}) => runOf(passing, { fields, ...about });

  test('a port that is not listened on any more is a difference', () => {
    const original = of({ 'port 80': choice('accepts'), 'port 81': choice('refuses') });
    const slim = of({ 'port 80': choice('refuses'), 'port 81': choice('refuses') });
    expect(compareRuns([original, original], slim)).toMatchObject({
      passed: false,
      checks: [{ kind: 'same' }],
      container: { differences: [{ field: 'port 80', original: 'accepts', slim: 'refuses' }] },
    });
    expect(compareRuns([original, original], original).passed).toBe(true);
  });

  test('a new line of the log is a difference when it tells of an error, else a remark', () => {
    const original = of({ log: log('12:00:01 listening on 8080') });
    const slim = (line: string) => of({ log: log('12:00:05 listening on 8080', line) });
    const harmless = compareRuns([original, original], slim('cache is cold'));
    expect(harmless.passed).toBe(true);
    expect(harmless.remarks).toEqual(['the slim image’s log has a line that the original’s has not: cache is cold']);
    for (const line of [
      'ModuleNotFoundError: x',
      'cannot open shared object file: No such file or directory',
      'Failed to load plugin',
    ]) {
      const { passed, container } = compareRuns([original, original], slim(line));
      expect(passed).toBe(false);
      expect(container.differences).toEqual([{ field: 'log', original: undefined, slim: line }]);
    }
    const failing = of({ log: log('could not connect to the database') });
    expect(compareRuns([failing], failing).passed).toBe(true);
  });

  test('being slow is a remark, and never fails', () => {
    const original = of({}, { readyMs: 1000 });
    const verdict = compareRuns([original, of({}, { readyMs: 500 })], of({}, { readyMs: 5100 }));
    expect(verdict.passed).toBe(true);
    expect(verdict.remarks).toEqual(['the slim image was ready after 5.1 s, the original after 1.0 s at most']);
    expect(compareRuns([original], of({}, { readyMs: 4900 })).remarks).toEqual([]);
  });

  test('a container that could not be started has no ports to miss: the checks say so', () => {
    const original = of({ 'port 80': choice('accepts') });
    const slim = runOf([outcomeOf({}, { passed: false })], { startFailure: new Error('no such file') });
    expect(compareRuns([original], slim)).toMatchObject({ passed: false, container: { differences: [] } });
  });
});

describe('for all answers', () => {
  const line = fc
    .array(fc.oneof(fc.constantFrom('a', 'b 1', '7', '10:00:01', ' ', ',', '2026-01-02', 'x9f3'), fc.string()))
    .map((parts) => parts.join(''));
  const field = fc.oneof(
    line.map(text),
    fc.array(line).map((texts) => lines(...texts)),
    fc.array(line).map((texts) => log(...texts)),
    fc.jsonValue().map(json),
    fc.constantFrom('200', '404').map(choice),
  );
  const fields = fc.dictionary(fc.constantFrom('body', 'header etag', 'stdout'), field);

  test('each run of the original is the same as the original', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), fc.nat(), (originals, index) => {
        const own = originals[index % originals.length] ?? {};
        expect(compare(originals, own)[0]).toBe('same');
      }),
    );
  });

  test('the order of the originals does not count', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 2, maxLength: 3 }), fields, (originals, slim) => {
        const [kind, ...told] = compare(originals, slim);
        const [other, ...toldToo] = compare([...originals].reverse(), slim);
        expect(other).toBe(kind);
        expect(toldToo.sort()).toEqual(told.sort());
      }),
    );
  });

  test('of originals that are alike, every other answer is different', () => {
    const compared = field.filter(({ kind }) => kind !== 'log');
    fc.assert(
      fc.property(compared, compared, (one, other) => {
        fc.pre(JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other)));
        expect(compare([{ body: one }, { body: one }], { body: other })[0]).toBe('different');
      }),
    );
  });
});

/** The order of an object's members says nothing; -0 is 0. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
