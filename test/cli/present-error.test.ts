import { describe, expect, test } from 'vitest';
import { exitCodeOf, exitCodeOfSignal } from '../../src/cli/exit-code.ts';
import { presentError } from '../../src/cli/present-error.ts';
import { SlimtraceError } from '../../src/errors.ts';
import { plainStyle } from '../../src/report/style.ts';

describe('an error', () => {
  test('says what failed, why, and what to do', () => {
    const cause = new Error('connection refused', { cause: new Error('no daemon') });
    expect(presentError(new SlimtraceError('engine-unreachable', {}, { cause }), plainStyle)).toBe(
      [
        'error: the container engine does not answer',
        'because: connection refused',
        'because: no daemon',
        'hint: is the daemon running? `docker info` shows what the client tries to reach (DOCKER_HOST, docker context)',
        '',
      ].join('\n'),
    );
  });

  test("shows a container's last lines without letting them act on the terminal", () => {
    const error = new SlimtraceError('no-evidence', { reason: 'it ended', log: 'starting\n\u001b[2Jgone' });
    expect(presentError(error, plainStyle)).toContain('the last lines of the container:\n  starting\n  \\x1b[2Jgone\n');
    expect(presentError(new SlimtraceError('no-evidence', { reason: 'it ended', log: '' }), plainStyle)).toContain(
      'printed nothing',
    );
  });

  test('that nobody foresaw is called a bug, with its stack and where to report it', () => {
    const text = presentError(new TypeError('x is not a function'), plainStyle);
    expect(text).toMatch(/^error: this is a bug in slimtrace\nTypeError: x is not a function\n {4}at /);
    expect(text).toContain('hint: please report it');
  });

  test('has the exit code of its kind', () => {
    expect(exitCodeOf(new SlimtraceError('usage', { problem: '' }))).toBe(2);
    expect(exitCodeOf(new SlimtraceError('image-not-found', { image: 'x' }))).toBe(3);
    expect(exitCodeOf(new Error('bug'))).toBe(70);
    expect(exitCodeOfSignal('SIGINT')).toBe(130);
    expect(exitCodeOfSignal('SIGTERM')).toBe(143);
  });
});
