import { formatCount } from '../amount.js';
import { codeSpan } from './markdown.js';
import { type MarkdownPlace, markdownLimits } from './markdown-limits.js';
import type { SlimReport } from './report.js';
import { renderFigures, renderHeadline, sectionsOf } from './slim-markdown-sections.js';

/** Rows of one list that are shown, as long as everything fits; less and less until it does. */
const rowsToTry = [1000, 200, 50, 20, 10, 5];

/**
 * A report in GitHub-flavoured Markdown for a pull request; never more than the place takes: lists get shorter first, then
 * whole sections go, the last ones first, and a line says so.
 */
export function renderSlimMarkdown(report: SlimReport, place: MarkdownPlace = 'github-comment'): string {
  const most = markdownLimits[place];
  const head = [
    renderHeadline(report),
    `${codeSpan(report.original.reference)} → ${codeSpan(report.slim.reference)}`,
    renderFigures(report),
  ];
  const largest = place === 'github-comment' ? rowsToTry.slice(3) : rowsToTry;
  for (const rows of largest) {
    const whole = join([...head, ...sectionsOf(report, rows)]);
    if (sizeOf(whole) <= most) return whole;
  }
  const sections = sectionsOf(report, rowsToTry.at(-1) ?? 0);
  let shown = sections.length;
  const cut = () =>
    join([
      ...head,
      ...sections.slice(0, shown),
      `_${formatCount(sections.length - shown)} more ${sections.length - shown === 1 ? 'section has' : 'sections have'} no room here; \`--json\` has everything._`,
    ]);
  do shown -= 1;
  while (shown > 0 && sizeOf(cut()) > most);
  return cut();
}

function join(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
