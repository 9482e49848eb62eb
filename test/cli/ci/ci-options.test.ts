import { describe, expect, test } from 'vitest';
import { parseCiOptions, parseConcurrency, parseDeadlines } from '../../../src/cli/ci/ci-options.js';
import type { CiSettings } from '../../../src/cli/configuration/ci-keys.js';

const unsaid = { deadlines: {} } as CiSettings;

describe('deadlines', () => {
  test.each([
    [['trace=5m'], { trace: 300_000 }],
    [['90'], { total: 90_000 }],
    [['total=1.5h'], { total: 5_400_000 }],
    [['verify=2m', 'verify=1s'], { verify: 1000 }],
    [[], {}],
  ])('%j', (texts, deadlines) => {
    expect(parseDeadlines(texts)).toEqual(deadlines);
  });

  test.each(['', '0', '0s', '5 minutes', 'trace=', 'trace', '2m30s', '-1', '1e9', 'trace=5m=6m', '9999999h'])(
    '%j is not a time',
    (text) => {
      expect(() => parseDeadlines([text])).toThrow(/is not a time of 1 to 86400 seconds/);
    },
  );

  test.each(['tracing=5m', 'toString=5m', '=5m'])('%j is of no phase', (text) => {
    expect(() => parseDeadlines([text])).toThrow(/is no phase$/);
  });
});

describe('what ci is told', () => {
  test('a flag wins over the configuration, and a deadline over that of the same phase', () => {
    const deadlines = { trace: '5m', total: '1h' };
    const settings = { ...unsaid, concurrency: '3', failFast: true, state: 'a.json', junit: 'j.xml', deadlines };
    expect(parseCiOptions({}, settings)).toMatchObject({
      concurrency: 3,
      failFast: true,
      stateFile: 'a.json',
      isResuming: false,
      platform: { platform: 'auto', junit: 'j.xml' },
      deadlines: { trace: 300_000, total: 3_600_000 },
    });
    const flags = { concurrency: '1', resume: 'b.json', junit: 'k.xml', deadline: ['trace=1s'] };
    expect(parseCiOptions(flags, settings)).toMatchObject({
      concurrency: 1,
      stateFile: 'b.json',
      isResuming: true,
      platform: { junit: 'k.xml' },
      deadlines: { trace: 1000, total: 3_600_000 },
    });
  });

  test('--resume without a file is from where the configuration says', () => {
    expect(parseCiOptions({ resume: true }, { ...unsaid, state: 'a.json' })).toMatchObject({
      stateFile: 'a.json',
      isResuming: true,
    });
  });

  test('--accept needs somewhere to write to', () => {
    expect(() => parseCiOptions({ accept: true }, unsaid)).toThrow(/^--accept has no file/);
    expect(parseCiOptions({ accept: true }, { ...unsaid, accepted: 'a.json' })).toMatchObject({ accepts: true });
  });

  test.each(['0', '100', '-1', '2.5', 'many', ''])('%j images at once is nonsense', (text) => {
    expect(() => parseConcurrency(text)).toThrow(/is not a number from 1 to 99$/);
  });
});
