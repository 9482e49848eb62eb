import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPageAssets } from '../../src/cli/page-assets.ts';
import type { FullReport } from '../../src/report/full-report.ts';
import { renderHtml } from '../../src/report/html/render-html.ts';
import { hostileNames } from '../report/hostile-names.ts';
import { plainCheck, wholeReport } from '../report/whole-report.ts';
import { describeInChromium, openChromium, openPage } from '../support/chromium.ts';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/html-report:slim';

let browser: Browser;
let scratch: Awaited<ReturnType<typeof openScratch>>;

beforeAll(async () => {
  scratch = await openScratch();
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  await scratch[Symbol.asyncDispose]();
});

/** A report as a page in a file. */
async function writePage(report: FullReport): Promise<string> {
  const file = join(scratch.path, 'page.html');
  await writeFile(file, renderHtml(report, await readPageAssets()));
  return file;
}

const rows = `
  + /usr/bin/app
  + /usr/lib/libc.so.6 (libc6)
  - /usr/bin/git (git)
  - /usr/share/doc/git/README (git)
  ! /usr/bin/xz (xz)
  - /app/node_modules/typescript/lib/tsc.js
`;

describeInChromium('the HTML report', () => {
  test('is walked with the keyboard alone: the map, the search, the list, the reasons', async () => {
    await using opened = await openPage(browser, await writePage(wholeReport(rows)));
    const { page, incidents } = opened;
    const focused = () => page.evaluate<string>('document.activeElement?.getAttribute("aria-label") ?? ""');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement?.textContent')).toBe('Skip to the report');
    const seen = new Set<string>();
    for (let at = 0; at < 40; at += 1) {
      await page.keyboard.press('Tab');
      seen.add(
        await page.evaluate<string>(
          'document.activeElement?.closest( "#map-groups, #treemap, #file-list, #search, #file-order, #package-search, #theme", )?.id ?? ""',
        ),
      );
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['theme', 'map-groups', 'treemap', 'search', 'file-order', 'file-list', 'package-search']),
    );

    await page.locator('#treemap [role=option][tabindex="0"]').focus();
    expect(await focused(), 'the largest part').toMatch(/^usr: 500 B, 5 files; 200 B stayed \(40\.0%\), 300 B went$/);
    expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^app\/node_modules\/typescript\/lib: 100 B/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    expect(await focused(), 'in usr').toMatch(/^bin: 300 B/);
    await page.keyboard.press('Backspace');
    expect(await focused(), 'out again, where it was').toMatch(/^usr: /);

    await page.keyboard.press('/');
    await page.keyboard.type('git');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = () =>
      page.evaluate<string>(
        'document.getElementById(document.activeElement?.getAttribute("aria-activedescendant") ?? "")?.textContent',
      );
    expect(await active()).toContain('/usr/share/doc/git/');
    await page.keyboard.press('Home');
    const details = page.locator('#file-details');
    expect(await details.innerText()).toMatch(/\/usr\/bin\/git\n+out is out of app:1-slim: nothing asked for it/);
    expect(await details.innerText()).toContain('To keep it: --include /usr/bin/git');
    await details.getByRole('button', { name: '/usr/bin' }).focus();
    await page.keyboard.press('Enter');
    expect(await details.locator('h3').innerText(), 'a path in a reason leads to it').toBe('/usr/bin');
    expect(incidents).toEqual([]);
  });

  test('a file of the map is found in the list; packages and layers are maps too', async () => {
    await using opened = await openPage(browser, await writePage(wholeReport(rows)));
    const { page } = opened;
    await page.getByText('by package').click();
    await page.locator('#treemap > [aria-label^="libc6:"]').click();
    await page.locator('#treemap > [aria-label^="usr/lib:"]').click();
    await page.locator('#treemap > [aria-label^="libc.so.6:"]').click();
    expect(await page.locator('#file-details h3').innerText()).toBe('/usr/lib/libc.so.6');
    expect(await page.locator('#file-list .chosen').innerText()).toContain('libc.so.6');
    await page.getByText('by layer').click();
    expect(await page.locator('#treemap > [role=option]').count()).toBe(2);
  });

  test('hostile names are text and nothing else, wherever they stand', async () => {
    const names = [...hostileNames, `${'long'.repeat(1000)}.txt`];
    await using opened = await openPage(browser, await writePage(hostileReport(names)));
    const { page, incidents } = opened;
    for (const grouping of ['by package', 'by layer', 'by directory']) await page.getByText(grouping).click();
    for (const name of ['alert', 'proto', 'constructor', 'long', 'exe', 'byte']) {
      await page.fill('#search', name);
      const row = page.locator('#file-list .row').first();
      await row.click();
      expect(await page.locator('#file-details h3').innerText()).toContain(name);
      expect(await page.locator('#file-details').innerText()).toContain('Not sure');
    }
    await page.locator('#package-more').or(page.locator('#package-search')).first().scrollIntoViewIfNeeded();
    expect(await page.locator('#package-table tbody tr').count()).toBe(names.length);
    expect(await page.locator('script').count(), 'the data and the page’s own').toBe(2);
    expect(await page.locator('img, iframe, object, embed, base, form, a:not([href^="#"])').count()).toBe(0);
    expect(
      await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
      'nothing sticks out',
    ).toBe(true);
    expect(await page.locator('main').innerText()).not.toMatch(/[\u202e\u2066\u200b\u001b]/);
    expect(incidents).toEqual([]);
  });

  test('without JavaScript the verdict, the sizes and the checks are there, with what differs', async () => {
    const differences = [{ field: 'header server', original: 'nginx/1.24', slim: 'nginx/1.25' }];
    const failed = { ...plainCheck('http GET :80/'), result: 'different' as const, differences };
    const report = wholeReport(rows, { passed: false, checks: [failed] });
    await using opened = await openPage(browser, await writePage(report), { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.locator('h1').innerText()).toContain('Failed');
    expect(await page.locator('#overview').innerText()).toMatch(/900 MB → 90\.0 MB/);
    expect(await page.locator('#checks mark').allInnerTexts(), 'what differs is set apart').toEqual(['4', '5']);
    expect(await page.locator('#treemap').isVisible()).toBe(false);
    expect(await page.getByText('drawn by JavaScript').first().isVisible()).toBe(true);
  });

  test('light and dark as the system has it, and by the button; narrow as a telephone', async () => {
    const file = await writePage(wholeReport(rows));
    const luminance = async (theme: 'light' | 'dark') => {
      await using opened = await openPage(browser, file, { colorScheme: theme, viewport: { width: 360, height: 700 } });
      const { page, incidents } = opened;
      const read = () =>
        page.evaluate<number>('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)?.[0])');
      const asSystem = await read();
      await page.locator('#theme').click();
      const light = await read();
      await page.locator('#theme').click();
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth'),
        'no sideways scrolling',
      ).toBeLessThanOrEqual(360);
      expect(incidents).toEqual([]);
      return [asSystem, light, await read()];
    };
    const [light = 0, lightByButton, darkByButton] = await luminance('light');
    const [dark = 255, lightOnDark, darkOnDark] = await luminance('dark');
    expect(light).toBeGreaterThan(200);
    expect(dark).toBeLessThan(60);
    expect([lightByButton, lightOnDark]).toEqual([light, light]);
    expect([darkByButton, darkOnDark]).toEqual([dark, dark]);
  });

  test('is printed in dark ink, also from a dark screen', async () => {
    await using opened = await openPage(browser, await writePage(wholeReport(rows)), { colorScheme: 'dark' });
    const { page } = opened;
    const ink = () => page.evaluate<number>('Number(/\\d+/.exec(getComputedStyle(document.body).color)?.[0])');
    const onScreen = await ink();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect([onScreen > 200, await ink()]).toEqual([true, expect.toSatisfy((red: number) => red < 60)]);
  });
});

/** Every name as a file, kept and gone, as a package, a check, a note … */
function hostileReport(names: readonly string[]): FullReport {
  const plain = wholeReport('');
  const paths = names.map((name) => `/${name.replaceAll('/', '∕')}`);
  const [first = ''] = names;
  return {
    ...plain,
    original: { ...plain.original, reference: first },
    slim: { ...plain.slim, reference: names.join(' '), shells: names, setuidFiles: names },
    tree: [
      ['/', 'directory', null, 0, null],
      ...paths.map((path, at) => [path, 'file', names[at] ?? null, 100, 0] as const),
    ],
    kept: paths
      .slice(0, 20)
      .map((path) => [path, [{ kind: 'static', defence: 'node', because: path, parent: path as never }], 0]),
    excluded: paths.slice(20, 22).map((path) => [path, path]),
    gone: { ...plain.gone, packages: names.map((name) => ({ type: 'deb' as const, name, version: name })) },
    checks: names.map((name) => ({
      ...plainCheck(name),
      result: 'different' as const,
      problem: name,
      differences: [{ field: name, original: name, slim: undefined }],
    })),
    confidence: {
      ...plain.confidence,
      doubts: paths.map((parent) => ({
        doubt: 'conditional-import' as const,
        parent: parent as never,
        module: parent,
      })),
    },
    healing: { rounds: [{ round: 1, paths }], missed: paths },
    notes: names,
    logs: { original: names, slim: names },
  };
}

describeInChromium('a page of a real image', () => {
  describeOnEngine('by the real command', () => {
    let slimtrace: Slimtrace;
    const file = (name: string) => join(scratch.path, name);

    beforeAll(async () => {
      slimtrace = await openSlimtrace();
      const image = await ensureFixtureImage('jq');
      const { args, command } = (await readExpectation('jq')).slim;
      const files = ['--html', file('slim.html'), '--markdown', file('slim.md'), '--report', file('slim.json')];
      const made = await slimtrace.run([
        'slim',
        image,
        '--tag',
        tag,
        ...files,
        ...args,
        ...(command.length > 0 ? ['--', ...command] : []),
      ]);
      expect(made.exitCode, made.stderr).toBe(0);
    });
    afterAll(async () => {
      await removeImages(tag);
      await slimtrace[Symbol.asyncDispose]();
    });

    test('asks the network for nothing, finds a file, and says of it what slimtrace why says', async () => {
      const library = '/usr/lib/x86_64-linux-gnu/libc.so.6';
      const why = await slimtrace.run(['why', tag, library]);
      await using opened = await openPage(browser, file('slim.html'));
      const { page, incidents } = opened;
      await page.fill('#search', 'libc.so.6');
      await page.locator('#file-list .row', { hasText: 'stayed' }).first().click();
      const details = (await page.locator('#file-details').innerText()).replaceAll(/\s+/g, ' ');
      const [headline = '', ...lines] = why.stdout.split('\n').map((line) => line.trim());
      expect(details).toContain(headline.slice(headline.indexOf(' is in ') + 1));
      const reasons = lines.filter((line) => line !== '' && !/^and /.test(line));
      expect(reasons.length).toBeGreaterThan(0);
      for (const reason of reasons) expect(details).toContain(reason);
      expect(incidents).toEqual([]);
    });

    test('slimtrace report shows it again, from the file and by the image’s name', async () => {
      const again = await slimtrace.run(['report', tag, '--html', file('again.html')]);
      expect(again).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await readFile(file('again.html'), 'utf8')).toBe(await readFile(file('slim.html'), 'utf8'));
      const markdown = await slimtrace.run(['report', file('slim.json'), '--markdown']);
      expect(markdown.stdout).toBe(await readFile(file('slim.md'), 'utf8'));
      expect(markdown.stdout).toMatch(/^### ✅ Proved: \d+ MB smaller/);
      expect((await slimtrace.run(['report', tag])).stdout).toMatch(/^proved: slimtrace-test\/html-report:slim is /m);
      const json = JSON.parse((await slimtrace.run(['report', file('slim.json'), '--json'])).stdout);
      expect(json).toMatchObject({ kind: 'slim', passed: true });
      expect(json).not.toHaveProperty('tree');
    });

    test('what is no report is told, and nothing is written', async () => {
      await writeFile(file('broken.json'), '{"schemaVersion":1,"kind":"slim","tree":[["/","directory",null,0,null]]}');
      for (const args of [
        ['broken.json'],
        ['slim.md', '--markdown'],
        ['missing.json'],
        ['slim.json', '--html', 'x', '--markdown', 'x'],
      ]) {
        const { exitCode, stderr } = await slimtrace.run(['report', ...args], { cwd: scratch.path });
        expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: .*\nbecause: |^error: .*\nhint: /)]);
      }
      await expect(stat(file('x'))).rejects.toThrow('ENOENT');
    });

    test('with 50,000 files it weighs less than 5 MB, and the search works', async () => {
      const report = enlarge(JSON.parse(await readFile(file('slim.json'), 'utf8')) as FullReport, 50_000);
      expect(report.tree.filter(([, type]) => type === 'file').length).toBeGreaterThanOrEqual(50_000);
      const large = await writePage(report);
      expect((await stat(large)).size).toBeLessThan(5_000_000);
      await using opened = await openPage(browser, large);
      const { page, incidents } = opened;
      await page.fill('#search', '/srv/copy-2/**/libc.so.6');
      await page.locator('#file-list .row').first().click();
      expect(await page.locator('#file-details').innerText()).toContain('is in slimtrace-test/html-report:slim');
      expect(incidents).toEqual([]);
    });
  });
});

/** The same image several times over, each copy in a directory of its own, what is kept of it too. */
function enlarge(report: FullReport, files: number): FullReport {
  const tree = [...report.tree];
  const kept = [...report.kept];
  const each = report.tree.filter(([, type]) => type === 'file').length;
  for (let copy = 1; copy * each < files; copy += 1) {
    const move = (path: string) => (path === '/' ? `/srv/copy-${copy}` : `/srv/copy-${copy}${path}`);
    for (const [path, type, owner, size, layer] of report.tree)
      tree.push([move(path), type === 'symlink' ? 'file' : type, owner, size, layer]);
    for (const [path, reasons, layer] of report.kept)
      kept.push([
        move(path),
        reasons.map((reason) =>
          'parent' in reason ? { ...reason, parent: move(reason.parent as string) as never } : reason,
        ),
        layer,
      ]);
  }
  return { ...report, tree, kept };
}
