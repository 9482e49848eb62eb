import { isWithinBudgets } from './budget-report.js';
import { isConfined } from './confinement-report.js';
import { isAsLocked } from './drift-report.js';
import type { SlimReport } from './report.js';

/** True when all that was asked for is there: the proof, the lock, the budgets, the profiles. What else there is has exit code 1. */
export function isGood(report: SlimReport): boolean {
  return report.passed && isAsLocked(report) && isWithinBudgets(report) && isConfined(report.confinement);
}
