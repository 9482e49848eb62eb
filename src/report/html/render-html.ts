import { formatSeconds } from '../format.js';
import type { FullReport } from '../full-report.js';
import { buildPageData } from './build-page-data.js';
import { renderCheckSection } from './checks-section.js';
import { renderConfidenceSection } from './confidence-section.js';
import { embedJson, Html, html } from './html.js';
import { renderMakeSection } from './make-section.js';
import { renderOverview } from './overview-section.js';
import { renderSecuritySection } from './security-section.js';

/** What the page brings along. The sources are put in as they are: they are slimtrace's own. */
export interface PageAssets {
  readonly script: string;
  readonly styles: string;
  /** As a content security policy names them: `sha256-` and base64. */
  readonly scriptHash: string;
  readonly stylesHash: string;
}

/**
 * A report as one HTML page, whole in itself: it asks the network for nothing, and its policy forbids it to. What a person
 * needs for a decision is there without JavaScript; the map, the files and the packages are drawn by the script.
 */
export function renderHtml(report: FullReport, assets: PageAssets): string {
  const name = report.slim.reference;
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${name}: slimtrace report</title>
<link rel="icon" href="data:,">
<style>${new Html(assets.styles)}</style>
</head>
<body>
<a class="skip" href="#overview">Skip to the report</a>
<header class="top">
<span class="brand">slimtrace</span>
<nav aria-label="Sections">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
<button type="button" id="theme" class="needs-script" aria-label="Colours: as the system has them" title="Light, dark, or as the system has it">◐</button>
</header>
<main>
${renderOverview(report)}
${renderCheckSection(report)}
${interactive}
${renderSecuritySection(report)}
${renderConfidenceSection(report)}
${renderMakeSection(report)}
</main>
<footer>slimtrace ${report.slimtraceVersion}, in ${formatSeconds(report.durationMs)}; image ${report.slim.id}</footer>
<script type="application/json" id="data">${embedJson(buildPageData(report))}</script>
<script>${new Html(assets.script)}</script>
</body>
</html>`}\n`;
}

const sections = [
  ['overview', 'Overview'],
  ['checks', 'Checks'],
  ['map', 'Map'],
  ['files', 'Files'],
  ['packages', 'Packages'],
  ['security', 'Security'],
  ['confidence', 'Confidence'],
  ['making', 'Image'],
] as const;

/** Nothing is loaded from anywhere: the empty icon is written in the page itself. No text becomes markup at run time. */
function policyFor({ scriptHash, stylesHash }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${stylesHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

const withoutScript = html`<p class="empty without-script">This part is drawn by JavaScript, which is off. <code>slimtrace why IMAGE PATH</code> answers for one file.</p>`;

/** Places that the script fills. */
const interactive = html`
<section id="map" aria-labelledby="map-title">
<h2 id="map-title">What stayed, what went</h2>
${withoutScript}
<div class="needs-script">
<div class="bar">
<div class="choice" role="radiogroup" aria-label="Group by" id="map-groups"></div>
<ul class="legend" id="map-legend"></ul>
</div>
<nav aria-label="Where in the image" id="map-trail" class="trail"></nav>
<div id="treemap" class="treemap" role="listbox" aria-label="Map of the image" aria-describedby="map-help"></div>
<p id="map-status" class="status" role="status"></p>
<p id="map-help" class="help">Click or <kbd>Enter</kbd> goes in, <kbd>Escape</kbd> goes up, the arrow keys move. <kbd>/</kbd> searches the files.</p>
</div>
</section>
<section id="files" aria-labelledby="files-title">
<h2 id="files-title">Files, and why</h2>
${withoutScript}
<div class="needs-script">
<div class="bar">
<label class="search">Search <input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="path, package or *.glob"></label>
<div class="choice" role="radiogroup" aria-label="Show" id="file-states"></div>
<label class="sort">Sort by <select id="file-order"><option value="path">path</option><option value="size">size</option></select></label>
</div>
<p id="file-count" class="status" role="status"></p>
<div class="split">
<div id="file-list" class="file-list" role="listbox" tabindex="0" aria-label="Files"></div>
<div id="file-details" class="file-details" aria-live="polite"><p class="empty">Choose a file to see why it stayed or went.</p></div>
</div>
</div>
</section>
<section id="packages" aria-labelledby="packages-title">
<h2 id="packages-title">Packages, before and after</h2>
${withoutScript}
<div class="needs-script">
<div class="bar">
<label class="search">Search <input type="search" id="package-search" autocomplete="off" spellcheck="false"></label>
<div class="choice" role="radiogroup" aria-label="Show packages" id="package-states"></div>
</div>
<p id="package-count" class="status" role="status"></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="packages-title"><table id="package-table"><thead><tr><th scope="col">Package</th><th scope="col">Version</th><th scope="col">Type</th><th scope="col">Kept</th></tr></thead><tbody></tbody></table></div>
<button type="button" id="package-more" hidden>Show all</button>
</div>
</section>`;
