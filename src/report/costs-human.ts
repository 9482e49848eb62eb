import { formatCount } from '../amount.js';
import type { Cost } from '../selection/costs.js';
import { formatBytes, printable, renderColumns } from './format.js';
import type { Style } from './style.js';

/** What each ground for keeping files costs, for a person: what would go without it and with it alone. */
export function renderCosts(costs: readonly Cost[], style: Style): string {
  const rows = costs.map(({ ground, files, bytes }) => [printable(ground), formatCount(files), formatBytes(bytes)]);
  const table = renderColumns([['kept only because of', 'files', 'size'], ...rows], new Set([1, 2]));
  const [head = '', ...body] = table.split('\n');
  return [style.dim(head), ...body].join('\n');
}
