import { describe, expect, test } from 'vitest';
import type { Check, CheckOutcome, CheckRun } from '../../src/check/check.js';
import { compareRuns } from '../../src/check/compare-runs.js';

const check: Check = { kind: 'exec', command: ['x'] };
type Fields = Readonly<Record<string, string>>;

function outcome(fields: Fields, about: Partial<CheckOutcome> = {}): CheckOutcome {
  return { check, passed: true, fields, durationMs: 1, ...about };
}

function run(...outcomes: readonly CheckOutcome[]): CheckRun {
  return { outcomes, lastLogLines: ['log'] };
}

/** The verdict on one check, in short. */
function compare(originals: readonly Fields[], slim: Fields, about: Partial<CheckOutcome> = {}): string[] {
  const verdict = compareRuns(
    originals.map((fields) => run(outcome(fields))),
    run(outcome(slim, about)),
  );
  const [{ kind, differences, setAside } = { kind: 'none', differences: [], setAside: [] }] = verdict.checks;
  expect(verdict.passed).toBe(kind === 'same');
  return [
    kind,
    ...differences.map(({ field, original, slim }) => `${field}: ${original} -> ${slim}`),
    ...setAside.map((field) => `aside: ${field}`),
  ];
}

describe('compareRuns', () => {
  test('the same answer is the same', () => {
    expect(compare([{ status: '200' }, { status: '200' }], { status: '200' })).toEqual(['same']);
  });

  test('another answer is shown, and so is one that is missing or new', () => {
    const original = { status: '200', 'header a': '1' };
    expect(compare([original, original], { status: '500', 'header b': '2' })).toEqual([
      'different',
      'status: 200 -> 500',
      'header a: 1 -> undefined',
      'header b: undefined -> 2',
    ]);
  });

  test('what varies by itself is set aside, and nothing else with it', () => {
    const answer = (time: string, name: string) => ({ 'body $.time': time, 'body $.name': name });
    expect(compare([answer('1', 'a'), answer('2', 'a')], answer('3', 'a'))).toEqual(['same', 'aside: body $.time']);
    expect(compare([answer('1', 'a'), answer('2', 'a')], answer('3', 'b'))).toEqual([
      'different',
      'body $.name: a -> b',
      'aside: body $.time',
    ]);
  });

  test('a body of varying length has a varying content-length', () => {
    const answer = (time: string) => ({ 'body line 1': time, 'header content-length': String(time.length) });
    expect(compare([answer('9'), answer('8')], answer('10'))).toEqual([
      'same',
      'aside: body line 1',
      'aside: header content-length',
    ]);
  });

  test('when the number of lines varies, positions mean nothing', () => {
    const [one, two] = [{ 'body line 1': 'a' }, { 'body line 1': 'b', 'body line 2': 'a' }];
    const three = { 'body line 1': 'c', 'body line 2': 'b', 'body line 3': 'a' };
    expect(compare([one, two], three)[0]).toBe('same');
    expect(compare([one, two], { ...three, status: '500' })[0]).toBe('different');
  });

  test('a status that varies does not hide an empty body', () => {
    const original = [
      { status: '200', 'body line 1': 'x' },
      { status: '304', 'body line 1': 'x' },
    ];
    expect(compare(original, { status: '200', 'body line 1': '' })[0]).toBe('different');
  });

  test('a third run of the original can show what varies', () => {
    expect(compare([{ a: '1' }, { a: '1' }], { a: '2' })[0]).toBe('different');
    expect(compare([{ a: '1' }, { a: '1' }, { a: '2' }], { a: '3' })[0]).toBe('same');
  });

  test('a check that does not pass on the slim image is a difference, even with the same answer', () => {
    const verdict = compareRuns([run(outcome({}))], run(outcome({}, { passed: false, problem: 'timeout' })));
    expect(verdict).toMatchObject({ passed: false, checks: [{ kind: 'different', problem: 'timeout' }] });
  });

  test('a check that fails on the original proves nothing, whatever the slim image answers', () => {
    const failed = run(outcome({ a: '1' }, { passed: false, problem: 'refused' }));
    for (const originals of [[failed], [run(outcome({ a: '1' })), failed]])
      expect(compareRuns(originals, run(outcome({ a: '1' })))).toMatchObject({
        passed: false,
        checks: [{ kind: 'not-evidence', problem: 'refused' }],
      });
  });

  test('without evidence there is no proof: no checks, or none made on the original', () => {
    expect(compareRuns([run()], run()).passed).toBe(false);
    expect(compareRuns([], run(outcome({}))).passed).toBe(false);
  });

  test('one check without evidence beside a proof is no failure', () => {
    const original = run(outcome({ a: '1' }), outcome({}, { passed: false, problem: 'refused' }));
    const verdict = compareRuns([original], run(outcome({ a: '1' }), outcome({})));
    expect(verdict.passed).toBe(true);
    expect(verdict.checks.map(({ kind }) => kind)).toEqual(['same', 'not-evidence']);
  });
});
