import type { Check, CheckOutcome, CheckRun } from '../../src/check/check.js';
import { choice, type Field, type Fields } from '../../src/check/field.js';

const check: Check = { kind: 'exec', command: ['x'] };

export const text = (line: string): Field => ({ kind: 'text', text: line });
export const lines = (...texts: readonly string[]): Field => ({ kind: 'lines', unit: 'line', lines: texts });
export const json = (value: unknown): Field => ({ kind: 'json', value });
export const log = (...texts: readonly string[]): Field => ({ kind: 'log', lines: texts });
export const status = (code: number): Field => choice(code);

export function outcomeOf(fields: Fields, about: Partial<CheckOutcome> = {}): CheckOutcome {
  return { check, passed: true, fields, durationMs: 1, ...about };
}

/** A run with these outcomes, of a container that says nothing of itself. */
export function runOf(outcomes: readonly CheckOutcome[], about: Partial<CheckRun> = {}): CheckRun {
  return { outcomes, fields: {}, readyMs: 100, lastLogLines: ['log'], ...about };
}
