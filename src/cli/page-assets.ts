import { readFile } from 'node:fs/promises';
import type { PageAssets } from '../report/html/render-html.js';
import { digestOf } from '../system/digest.js';

/** The script and the styles of the HTML report, as the build bundled them. */
export async function readPageAssets(): Promise<PageAssets> {
  const [script, styles] = await Promise.all([readBuilt('html-page.js'), readBuilt('html-page-styles.css')]);
  return { script, styles, scriptHash: sourceHash(script), stylesHash: sourceHash(styles) };
}

/** Run from its source (tsx, Vitest), slimtrace takes what the last build left. */
async function readBuilt(name: string): Promise<string> {
  const isSource = import.meta.url.endsWith('.ts');
  return await readFile(new URL(isSource ? `../../dist/${name}` : `./${name}`, import.meta.url), 'utf8');
}

/** As Content Security Policy Level 3 writes it (2.3.1, "hash-source"). */
function sourceHash(text: string): string {
  return `sha256-${Buffer.from(digestOf(text).slice('sha256:'.length), 'hex').toString('base64')}`;
}
