/**
 * What the HTML report of a large image costs: `npx tsx test/bench/html-report.ts REPORT.json [runs]`, a report of
 * `slim --report`. Prints its size, and how long Chromium takes to the first paint and until the page can be used.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatCount } from '../../src/amount.ts';
import { readPageAssets } from '../../src/cli/page-assets.ts';
import { formatBytes } from '../../src/report/format.ts';
import type { FullReport } from '../../src/report/full-report.ts';
import { renderHtml } from '../../src/report/html/render-html.ts';
import { openChromium } from '../support/chromium.ts';
import { openScratch } from '../support/run-docker.ts';

const [path = 'report.json', runs = '5'] = process.argv.slice(2);
const report = JSON.parse(await readFile(path, 'utf8')) as FullReport;
await using scratch = await openScratch();
const file = join(scratch.path, 'report.html');
const begin = performance.now();
const text = renderHtml(report, await readPageAssets());
const renderedMs = performance.now() - begin;
await writeFile(file, text);
console.log(
  `${formatCount(report.tree.length)} entries: ${formatBytes(Buffer.byteLength(text))}, made in ${renderedMs.toFixed(0)} ms`,
);
const browser = await openChromium();
for (let run = 0; run < Number(runs); run += 1) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const openedMs = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  const readyMs = performance.now() - openedMs;
  // Two frames later what the script made is painted.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const paintedMs = await page.evaluate<number>(
    'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1',
  );
  console.log(
    `first paint ${paintedMs.toFixed(0)} ms, usable ${readyMs.toFixed(0)} ms, drawn ${(performance.now() - openedMs).toFixed(0)} ms`,
  );
  await page.close();
}
await browser.close();
