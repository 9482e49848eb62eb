import { formatAmount, formatCount } from '../amount.js';
import type { ReportedBase } from './base-report.js';
import { formatBytes, printable } from './format.js';
import type { Style } from './style.js';

const shownRemarks = 5;
const shownFiles = 3;

/** What the slim image stands on, for a person; empty on scratch. */
export function renderBase(base: ReportedBase | null, style: Style): string {
  if (base === null) return '';
  const layers = formatAmount(base.layers, 'layer');
  const shared = formatAmount(base.sharedEntries, 'kept entry');
  const lines = [
    `${style.bold('base')}       ${printable(base.name)}, because ${printable(base.because)}`,
    `           ${layers}, ${formatBytes(base.sizeBytes)}, unchanged; ${shared} (${formatBytes(base.sharedBytes)}) needn’t be there twice`,
    ...strange(base.strangeFiles),
    ...base.remarks.slice(0, shownRemarks).map((remark) => `           ${printable(remark)}`),
  ];
  const more = base.remarks.length - shownRemarks;
  return [...lines, ...(more > 0 ? [`           and ${more} more (--json has them all)`] : [])].join('\n');
}

function strange(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const shown = files.slice(0, shownFiles).map(printable).join(', ');
  const more = files.length > shownFiles ? ` and ${formatCount(files.length - shownFiles)} more` : '';
  return [`           the application uses what only the base has, and the original never had: ${shown}${more}`];
}
