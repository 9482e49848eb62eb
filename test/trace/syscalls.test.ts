import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseTrace } from '../../src/schema/trace-schema.js';
import { mergeTraces } from '../../src/trace/merge-traces.js';
import { parseRecordedRun } from '../../src/trace/parse.js';
import { nameSyscall, syscallNames } from '../../src/trace/syscall-names.js';
import type { Trace } from '../../src/trace/trace.js';
import { renderTrace } from '../../src/trace/trace-json.js';
import { traceOf } from './trace-of.js';

const recorded = (...fields: readonly string[]) =>
  Buffer.from([`slimtrace-trace 1 x86_64 init state=ok  `, ...fields, 'E exit 0', ''].join('\0'));

const trace = (syscalls?: readonly string[]): Trace => traceOf([], syscalls === undefined ? {} : { syscalls });

describe('system calls of a full trace', () => {
  test('are named by the table of the architecture that they were made in', () => {
    const run = parseRecordedRun(recorded('S x86_64 288', 'S i386 102', 'S aarch64 242', 'S x86_64 43'), true);
    expect(run.syscalls).toEqual(['accept', 'accept4', 'socketcall']);
  });

  test('keep their number when they are newer than the table', () => {
    expect(parseRecordedRun(recorded('S x86_64 511'), true).syscalls).toEqual(['x86_64:511']);
  });

  test.each(['S sparc 1', 'S x86_64 -1', 'S x86_64 99999', 'S x86_64'])(
    'a record that names none is no trace to build on: %s',
    (record) => {
      expect(() => parseRecordedRun(recorded(record), true)).toThrow(/names no system call/);
    },
  );

  test('are united, and stay away where no trace has them', () => {
    expect(mergeTraces(trace(['read', 'bind']), trace(), trace(['accept', 'bind'])).syscalls).toEqual([
      'accept',
      'bind',
      'read',
    ]);
    expect(mergeTraces(trace(), trace())).not.toHaveProperty('syscalls');
  });

  test('survive being written and read; what is no name does not', () => {
    const whole = trace(['accept', 'x86_64:470']);
    expect(parseTrace(renderTrace(whole))).toEqual(whole);
    expect(() => parseTrace(renderTrace(trace(['"], "action": "SCMP_ACT_ALLOW"'])))).toThrow();
  });

  test('every call that the agent watches is in the table under its number', () => {
    const read = (file: string) => readFileSync(new URL(`../../src/agent/native/${file}`, import.meta.url), 'utf8');
    const rows = ['syscalls.def', 'unwatched.def', 'confine.def'].flatMap((file) => [
      ...read(file).matchAll(/^[A-Z]+\((\w+), +(NO|\d+), +(NO|\d+), +(NO|\d+)/gm),
    ]);
    expect(rows.length).toBeGreaterThan(200);
    for (const [, name = '', x86 = '', i386 = '', arm = ''] of rows) {
      if (x86 !== 'NO') expect(nameSyscall('x86_64', Number(x86))).toBe(name);
      if (i386 !== 'NO') expect(nameSyscall('i386', Number(i386))).toBe(name);
      if (arm !== 'NO') expect(nameSyscall('aarch64', Number(arm))).toBe(name);
      expect(syscallNames).toContain(name);
    }
  });
});
