import { formatAmount, formatCount } from '../../amount.js';
import { formatBytes, formatPercent } from '../format.js';
import { layerNames } from '../layers-human.js';
import type { SlimReport } from '../report.js';
import { type Html, html, nothing } from './html.js';
import { fact, facts, foldedList, pageSection } from './page-parts.js';

/** What the slim image is made of: layers, base, grounds for keeping files, records. */
export function renderMakeSection(report: SlimReport): Html {
  const { base, push, packageRecords, output, debug } = report;
  return pageSection('making', 'The slim image', [
    facts([
      fact('base', base === null ? 'scratch' : html`<code>${base.name}</code>, because ${base.because}`),
      push === null || push.moved.length === 0
        ? nothing
        : fact(
            'a push moves',
            `${formatBytes(push.movedBytes)} of ${formatBytes(push.totalBytes)}${push.totalBytes === 0 ? '' : ` (${formatPercent(push.movedBytes / push.totalBytes)})`}`,
          ),
      packageRecords.packages === 0
        ? nothing
        : fact('recorded for scanners', formatAmount(packageRecords.packages, 'package')),
      output === null ? nothing : fact('written to', html`<code>${output}</code>`),
      debug === null ? nothing : fact('for debugging', html`<code>${debug.reference}</code>`),
    ]),
    renderLayers(report),
    renderCosts(report),
    foldedList('Remarks about the base', [
      ...(base?.remarks ?? []),
      ...(base?.strangeFiles ?? []).map((path) => `the application used ${path}, which the original lacks`),
    ]),
    foldedList('Remarks about the package records', packageRecords.remarks),
  ]);
}

function renderLayers({ layers }: SlimReport): Html {
  const rows = layers.map(
    ({ kind, sizeBytes, files, diffId }, at) =>
      html`<tr><td>${at + 1}</td><th scope="row">${kind === 'all' && layers.length === 1 ? 'everything' : layerNames[kind]}</th><td class="number">${formatBytes(sizeBytes)}</td><td class="number">${files === null ? '' : formatCount(files)}</td><td><code class="dim">${diffId.slice(0, 19)}</code></td></tr>`,
  );
  return html`<h3>Layers</h3><div class="scroll"><table><thead><tr><td></td><th scope="col">layer</th><th scope="col" class="number">size</th><th scope="col" class="number">files</th><th scope="col">diff ID</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function renderCosts({ costs }: SlimReport): Html {
  if (costs.length === 0) return nothing;
  const rows = costs.map(
    ({ ground, files, bytes }) =>
      html`<tr><th scope="row">${ground}</th><td class="number">${formatCount(files)}</td><td class="number">${formatBytes(bytes)}</td></tr>`,
  );
  return html`<h3>What each ground for keeping files costs</h3><p class="dim">What would go without it, all others staying as they are.</p><div class="scroll"><table><thead><tr><th scope="col">kept only because of</th><th scope="col" class="number">files</th><th scope="col" class="number">size</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
