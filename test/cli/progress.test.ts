import { describe, expect, test } from 'vitest';
import { openProgress } from '../../src/cli/progress.ts';
import { styleFor } from '../../src/cli/terminal.ts';
import type { ProgressEvent } from '../../src/events.ts';
import { ansiStyle, plainStyle } from '../../src/report/style.ts';

const events: readonly ProgressEvent[] = [
  { kind: 'phase-started', phase: 'trace' },
  { kind: 'phase-finished', phase: 'trace', detail: '12 paths', durationMs: 1234 },
  { kind: 'note', message: 'a name with \u001b[31m in it' },
];

function show(isTTY: boolean, isQuiet = false): string {
  let written = '';
  const stream = {
    isTTY,
    columns: 80,
    on: () => {},
    write: (text: string) => {
      written = `${written}${text}`;
    },
  };
  const host = { argv: [], env: {}, stdout: stream, stderr: stream, on: () => {}, off: () => {} };
  using progress = openProgress(host, isQuiet);
  for (const event of events) progress.emit(event);
  return written;
}

describe('progress', () => {
  test('is plain lines where there is no terminal', () => {
    expect(show(false)).toBe('run it under the trace: 12 paths (1.2 s)\na name with \\x1b[31m in it\n');
  });

  test('is redrawn on a terminal, and names from an image cannot act on it', () => {
    expect(show(true)).toContain('\r\u001b[2K');
    expect(show(true)).toContain('run it under the trace 0.0 s');
    expect(show(true)).not.toContain('\u001b[31m');
  });

  test('is nothing when quiet', () => {
    expect(show(false, true)).toBe('');
  });
});

describe('colour', () => {
  const terminal = { isTTY: true, on: () => {}, write: () => {} };
  const pipe = { on: () => {}, write: () => {} };
  test('is for terminals, unless NO_COLOR or FORCE_COLOR say otherwise', () => {
    expect(styleFor(terminal, {})).toBe(ansiStyle);
    expect(styleFor(pipe, {})).toBe(plainStyle);
    expect(styleFor(terminal, { NO_COLOR: '1' })).toBe(plainStyle);
    expect(styleFor(terminal, { TERM: 'dumb' })).toBe(plainStyle);
    expect(styleFor(pipe, { FORCE_COLOR: '1' })).toBe(ansiStyle);
  });
});
