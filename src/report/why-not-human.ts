import { formatAmount, formatCount } from '../amount.js';
import { printable } from './format.js';
import { renderReason } from './reason-text.js';
import type { Style } from './style.js';
import { renderAnswer } from './why-human.js';
import type { PackageShare, WhyNotAnswer } from './why-not.js';
import { renderFlag } from './why-pattern.js';

/** The answer to `slimtrace why-not` for a person. */
export function renderWhyNot(answer: WhyNotAnswer, style: Style): string {
  const { explanation, image, include, wider } = answer;
  const head = renderAnswer(
    { image, explanation, package: answer.package?.name, base: answer.base ?? undefined, isWritten: answer.isWritten },
    style,
  );
  const lines: string[] = [];
  for (const { parent, because } of answer.turnedDown)
    lines.push(`${printable(parent)} may ask for it: ${printable(because)}`);
  if (answer.package !== null && explanation.kind !== 'kept') lines.push(...renderShare(answer.package, style));
  const wish = answer.base === null ? 'to keep it' : 'to keep the original’s';
  if (include !== null) lines.push(`${wish}${several(include.files)}: ${renderFlag('--include', include.pattern)}`);
  if (wider !== null)
    lines.push(`to keep all it is one of${several(wider.files)}: ${renderFlag('--include', wider.pattern)}`);
  if (explanation.kind === 'excluded')
    lines.push(`to keep it: leave out ${renderFlag('--exclude', explanation.pattern)}`);
  return head + lines.map((line) => `${line}\n`).join('');
}

function renderShare({ name, files, kept, relatives }: PackageShare, style: Style): string[] {
  if (kept === 0) return [`nothing of its package ${printable(name)} is kept`];
  const shown = relatives.map(({ path, reason }) => `  ${printable(path)}: ${renderReason(reason)}`);
  const more = kept - relatives.length;
  return [
    `of its package ${printable(name)}, ${formatCount(kept)} of ${formatAmount(files, 'file')} ${files === 1 ? 'is' : 'are'} kept:`,
    ...shown,
    ...(more > 0 ? [style.dim(`  and ${formatCount(more)} more`)] : []),
  ];
}

function several(files: number): string {
  return files > 1 ? ` (${formatCount(files)} files)` : '';
}
