import { formatAmount, formatCount } from '../../amount.js';
import type { BudgetResult } from '../../budgets.js';
import { isAsLocked } from '../drift-report.js';
import { failureWords, isOnlyUnproved } from '../failure-words.js';
import { formatBytes, formatPercent } from '../format.js';
import type { ReportedImage, SlimReport } from '../report.js';
import { type Html, html, nothing } from './html.js';
import { foldedList } from './page-parts.js';

/** The verdict, what of all below it a person has to look at, the figures before and after, budgets, and how it drifted from its lock. */
export function renderOverview(report: SlimReport): Html {
  return html`<section id="overview" aria-labelledby="verdict">
${renderVerdict(report)}
${renderAttention(report)}
${renderFigures(report)}
${renderBudgets(report.budgets)}
${renderDrift(report)}
</section>`;
}

function renderVerdict(report: SlimReport): Html {
  const { original, slim, passed, dryRun } = report;
  const { state, mark, word } = judge(report);
  const saved = original.sizeBytes - slim.sizeBytes;
  const what = `${formatBytes(Math.abs(saved))} ${saved < 0 ? 'larger' : 'smaller'}`;
  const failure = isOnlyUnproved(report) ? `${failureWords(report)}.` : 'The slim image answers differently.';
  const text = passed ? `${what}, and it answers as the original does.` : failure;
  return html`<div class="verdict ${state}">
<h1 id="verdict"><span class="mark" aria-hidden="true">${mark}</span> ${dryRun ? 'Dry run: ' : ''}${word}</h1>
<p class="lead">${text}${dryRun ? ' Nothing was kept.' : ''}</p>
<p class="names"><code>${original.reference}</code> <span role="img" aria-label="became">→</span> <code>${slim.reference}</code></p>
</div>`;
}

/** What stands further down, and is not to be missed there. */
function renderAttention({ posture, healing, checks, checksChosenByDefault }: SlimReport): Html {
  const [secrets, missed] = [posture.secrets.length, healing.missed.length];
  const unproved = checks.filter(({ result }) => result === 'not-evidence').length;
  const items = [
    secrets === 0
      ? nothing
      : html`<li><a href="#security">${formatAmount(secrets, 'secret')}</a> would better not ship</li>`,
    missed === 0
      ? nothing
      : html`<li><a href="#confidence">${formatAmount(missed, 'path')}</a> looked for in the slim image, and only in the original</li>`,
    unproved === 0
      ? nothing
      : html`<li><a href="#checks">${formatAmount(unproved, 'check')}</a> without proof: the original fails too</li>`,
    checksChosenByDefault
      ? html`<li><a href="#confidence">no check</a> was given: those that every image gets were made</li>`
      : nothing,
  ].filter((item) => item !== nothing);
  return items.length === 0
    ? nothing
    : html`<ul class="callout warning attention" aria-label="To look at">${items}</ul>`;
}

/** In the order of what a person has to know first. */
function judge(report: SlimReport): { readonly state: string; readonly mark: string; readonly word: string } {
  if (!report.passed) return { state: 'bad', mark: '✗', word: 'Failed' };
  if (!isAsLocked(report)) return { state: 'bad', mark: '✗', word: 'Proved, but drifted from its lock' };
  const over = report.budgets.filter((budget) => !budget.passed).length;
  const budgets = over === 1 ? 'a budget' : `${over} budgets`;
  if (over > 0) return { state: 'warning', mark: '!', word: `Proved, but over ${budgets}` };
  return { state: 'good', mark: '✓', word: 'Proved' };
}

function renderFigures({ original, slim, reduction }: SlimReport): Html {
  const left = Math.min(1, Math.max(0, 1 - reduction));
  const change = `${reduction < 0 ? '+' : '−'}${formatPercent(Math.abs(reduction))}`;
  const row = (name: string, value: (image: ReportedImage) => string | number) =>
    html`<tr><th scope="row">${name}</th><td>${value(original)}</td><td>${value(slim)}</td></tr>`;
  return html`<div class="figures">
<div class="size"><p class="huge">${change}</p>
<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="${formatPercent(left)} of the size is left"><rect class="went" width="100" height="6"/><rect class="stayed" width="${(left * 100).toFixed(2)}" height="6"/></svg>
<p>${formatBytes(original.sizeBytes)} → <strong>${formatBytes(slim.sizeBytes)}</strong></p></div>
<table class="before-after"><thead><tr><td></td><th scope="col">original</th><th scope="col">slim</th></tr></thead><tbody>
${[
  row('size', ({ sizeBytes }) => formatBytes(sizeBytes)),
  row('files', ({ files }) => formatCount(files)),
  row('layers', ({ layers }) => formatCount(layers)),
  row('packages with files', ({ packages }) => (packages === null ? 'unknown' : formatCount(packages))),
  row('shells', ({ shells }) => formatCount(shells.length)),
  row('setuid/setgid files', ({ setuidFiles }) => formatCount(setuidFiles.length)),
]}
</tbody></table>
</div>`;
}

function renderBudgets(budgets: readonly BudgetResult[]): Html {
  if (budgets.length === 0) return nothing;
  const rows = budgets.map(
    ({ budget, passed, limit, actual, offenders }) =>
      html`<tr class="${passed ? 'good' : 'bad'}"><td><span class="tag">${passed ? 'within' : 'over'}</span></td><th scope="row"><code>${budget}</code></th><td>${limit}</td><td>${actual}${offenders.length === 0 ? nothing : foldedList('where to look', offenders)}</td></tr>`,
  );
  return html`<h2>Budgets</h2><div class="scroll"><table class="budgets"><thead><tr><td></td><th scope="col">budget</th><th scope="col">allowed</th><th scope="col">is</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** How it differs from its lock, or from the build that was traced, as a diff. */
function renderDrift({ drift }: SlimReport): Html {
  if (drift === null || drift.lines.length === 0) return nothing;
  const lines = drift.lines.map((line) => {
    const mark = line.trimStart()[0];
    const kind = mark === '+' ? 'added' : mark === '-' ? 'removed' : 'context';
    return html`<span class="${kind}">${line}</span>\n`;
  });
  const title = drift.against === 'lock' ? 'Drift from the lock' : 'Drift from the build that was traced';
  const what = drift.holds ? 'Other names of the same files: nothing to review.' : 'This needs a review.';
  return html`<h2>${title}</h2><p class="${drift.holds ? 'dim' : 'callout bad'}">${what}</p><pre class="diff" tabindex="0">${lines}</pre>`;
}
