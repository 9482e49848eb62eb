import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A suite that needs a real Chromium: without one it is skipped, and in CI it fails, both with the reason. */
export function describeInChromium(name: string, body: () => void): void {
  if (existsSync(executable)) describe(name, body);
  else if (process.env.CI) test(name, () => expect.fail(`CI needs Chromium: there is no ${executable}`));
  else describe.skip(`${name} (skipped: there is no ${executable})`, body);
}

/** A browser of the test's own; as root it runs without its sandbox, which root can't have. */
export async function openChromium(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath: executable, args });
}

/** A page that was opened, and whatever happened in it that should not. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Dialogs, errors, what the console got, what the policy refused, and requests for anything but the page itself. */
  readonly incidents: readonly string[];
}

/** Opens a file in a browser and watches it. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const incidents: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('dialog', async (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('console', (message) => incidents.push(`console: ${message.text()}`));
  page.on('request', (request) => {
    if (request.url() !== url && request.url() !== 'data:,') incidents.push(`request: ${request.url()}`);
  });
  if (options.javaScriptEnabled !== false)
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error('policy: ' + violatedDirective))",
    );
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  return { page, incidents, [Symbol.asyncDispose]: () => context.close() };
}
