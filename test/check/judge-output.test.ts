import { describe, expect, test } from 'vitest';
import { judgeExec, judgeExit } from '../../src/check/judge-output.js';
import type { Output } from '../../src/engine/engine.js';

const output = (about: Partial<Output> = {}): Output => ({
  ...{ exitCode: 0, stdout: Buffer.from('out\n'), stderr: 'warning\n\n', isTruncated: false, hasTimedOut: false },
  ...about,
});
const fields = {
  'exit code': { kind: 'choice', value: '0' },
  stdout: { kind: 'lines', unit: 'line', lines: ['out', ''] },
  stderr: { kind: 'log', lines: ['warning'] },
};

describe('what a command came to', () => {
  test('exit code, stdout and stderr are compared', () => {
    expect(judgeExec(output())).toEqual({ passed: true, fields });
    expect(judgeExit(0, output(), 1000)).toEqual({ passed: true, fields });
  });

  test('of a failure, what it said last is the problem', () => {
    expect(judgeExec(output({ exitCode: 1, stderr: 'a\nb\n' }))).toMatchObject({
      passed: false,
      problem: 'exit code 1: b',
    });
    expect(judgeExit(3, output(), 1000)).toMatchObject({ passed: false, problem: 'exit code 0 instead of 3' });
    expect(judgeExit(3, output({ exitCode: 3 }), 1000).passed).toBe(true);
  });

  test('what can not be run is not tried again; what did not end is', () => {
    for (const exitCode of [126, 127]) expect(judgeExec(output({ exitCode })).isFinal).toBe(true);
    expect(judgeExec(output({ exitCode: 1 })).isFinal).toBe(false);
    expect(judgeExec(output({ hasTimedOut: true }))).toEqual({ passed: false, problem: 'it did not end', fields: {} });
    expect(judgeExit(0, 'timeout', 2000).problem).toBe('still running after 2 s');
    expect(judgeExec(output({ isTruncated: true })).isFinal).toBe(true);
  });
});
