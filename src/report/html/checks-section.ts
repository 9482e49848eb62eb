import type { Difference } from '../../check/difference.js';
import type { ReportedCheck, ReportedContainer, ReportedHardened, SlimReport } from '../report.js';
import { type Html, html, nothing } from './html.js';
import { foldedList, lines, pageSection, plainList } from './page-parts.js';

/** What each check came to on both images, field by field where they differ. */
export function renderCheckSection({ checks, containers, hardened, logs }: SlimReport): Html {
  const same = checks.filter(({ result }) => result === 'same').length;
  return pageSection('checks', 'Checks', [
    html`<p>${same} of ${checks.length} answered the same by both images.</p>`,
    ...checks.map(renderCheck),
    ...containers.map(renderContainer),
    hardened === null ? nothing : renderHardened(hardened),
    logs === null
      ? nothing
      : html`<h3>Last lines of the slim image</h3>${lines(logs.slim)}<h3>Last lines of the original</h3>${lines(logs.original)}`,
  ]);
}

const words = { same: 'same', different: 'different', 'not-evidence': 'no proof' } as const;
const states = { same: 'good', different: 'bad', 'not-evidence': 'warning' } as const;

function renderCheck({ scenario, check, result, problem, differences, setAside }: ReportedCheck): Html {
  const title = html`<span class="tag">${words[result]}</span> ${scenario === null ? nothing : html`<span class="dim">${scenario}:</span> `}<code>${check}</code>`;
  const details = [
    problem === null
      ? nothing
      : html`<p>${result === 'not-evidence' ? `fails on the original too: ${problem}` : problem}</p>`,
    differences.length === 0 ? nothing : renderDifferences(differences),
    setAside.length === 0
      ? nothing
      : html`<p class="dim">Varies by itself, and was set aside: ${setAside.join(', ')}</p>`,
  ];
  const isPlain = problem === null && differences.length + setAside.length === 0;
  if (isPlain) return html`<div class="check ${states[result]}">${title}</div>`;
  const open = result === 'same' ? nothing : html` open`;
  return html`<details class="check ${states[result]}"${open}><summary>${title}</summary>${details}</details>`;
}

function renderContainer({ scenario, differences, setAside, remarks }: ReportedContainer): Html {
  const name = scenario === null ? 'the container' : `${scenario}: the container`;
  const differ =
    differences.length === 0
      ? nothing
      : html`<details class="check bad" open><summary><span class="tag">different</span> ${name}</summary>${renderDifferences(differences)}</details>`;
  return html`${differ}${foldedList(`Remarks about ${name}`, remarks)}${foldedList(`Set aside of ${name}: varies by itself`, setAside)}`;
}

function renderHardened({ runs, because }: ReportedHardened): Html {
  const what = 'read-only root, no capabilities, no new privileges';
  if (runs) return html`<div class="check good"><span class="tag">hardened</span> runs hardened (${what})</div>`;
  return html`<details class="check warning" open><summary><span class="tag">not hardened</span> doesn’t run hardened (${what})</summary>${plainList(because)}</details>`;
}

function renderDifferences(differences: readonly Difference[]): Html {
  const rows = differences.map(({ field, original, slim }) => {
    const [before, after] = markChange(original, slim);
    return html`<tr><th scope="row"><code>${field}</code></th><td class="removed">${before}</td><td class="added">${after}</td></tr>`;
  });
  return html`<div class="scroll" tabindex="0"><table class="differences"><thead><tr><th scope="col">field</th><th scope="col">original</th><th scope="col">slim</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Both values, with what is between their common beginning and end set apart. */
function markChange(original: string | undefined, slim: string | undefined): readonly [Html, Html] {
  if (original === undefined || slim === undefined) return [plainValue(original), plainValue(slim)];
  const [left, right] = [[...original], [...slim]];
  const shorter = Math.min(left.length, right.length);
  let before = 0;
  while (before < shorter && left[before] === right[before]) before += 1;
  let after = 0;
  while (after < shorter - before && left.at(-1 - after) === right.at(-1 - after)) after += 1;
  const mark = (text: readonly string[]) => {
    const changed = text.slice(before, text.length - after).join('');
    const tail = text.slice(text.length - after).join('');
    return html`<code>${text.slice(0, before).join('')}${changed === '' ? nothing : html`<mark>${changed}</mark>`}${tail}</code>`;
  };
  return [mark(left), mark(right)];
}

function plainValue(text: string | undefined): Html {
  return text === undefined ? html`<em>nothing</em>` : html`<code><mark>${text}</mark></code>`;
}
