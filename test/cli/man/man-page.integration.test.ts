import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { versionDate } from '../../../src/cli/version.ts';
import { testWith } from '../../support/run-docker.ts';
import { runInProcess } from '../run-in-process.ts';

const dated = { SOURCE_DATE_EPOCH: '1700000000' };

async function manPage(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await runInProcess(['man'], env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

describe('the manual page', () => {
  test('has every command and every flag that help shows, and no hidden one', async () => {
    const page = (await manPage()).replaceAll('\\-', '-');
    const help = (await runInProcess(['--help'])).stdout;
    const listed = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].map(
      ([, name]) => name,
    );
    const commands = listed.filter((name) => name !== 'help');
    expect([...page.matchAll(/^\.SS "slimtrace (.*)"$/gm)].map(([, name]) => name)).toEqual(
      expect.arrayContaining(commands),
    );
    expect(page).not.toContain('__complete');
    for (const command of commands) {
      const shown = (await runInProcess([command ?? '', '--help'])).stdout;
      for (const [, flag = ''] of shown.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm))
        if (flag !== '--help') expect(page, `${command} ${flag}`).toContain(flag);
    }
  });

  test('is plain ASCII, dated by its version or SOURCE_DATE_EPOCH, and by no clock', async () => {
    const page = await manPage(dated);
    expect(page).toMatch(/^\.TH SLIMTRACE 1 "2023-11-14" "slimtrace /);
    expect(page).toMatch(/^[\n -~]*$/);
    expect(await manPage()).toBe(page.replace('2023-11-14', versionDate));
  });

  test('has the day of the release, where the changelog has one', async () => {
    const read = (name: string) => readFile(new URL(`../../../${name}`, import.meta.url), 'utf8');
    const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
    const heading = (await read('CHANGELOG.md'))
      .split('\n')
      .find((line) => /^## \[?/.test(line) && line.includes(version));
    expect(heading ?? versionDate).toContain(versionDate);
  });

  testWith(['mandoc'], 'mandoc finds nothing to say about it', async () => {
    const options = { input: await manPage(), reject: false } as const;
    // It has opinions about the length of its input lines; verbatim examples keep theirs.
    const { stdout } = await execa('mandoc', ['-T', 'lint', '-W', 'warning'], options);
    expect(stdout).toBe('');
  });

  testWith(['mandoc'], 'mandoc shows it as it is meant, and man where it is installed', async () => {
    const input = await manPage(dated);
    const env = { LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANPAGER: 'cat', PAGER: 'cat' };
    const shown = [
      await execa('mandoc', ['-T', 'utf8'], { input }),
      await execa('man', ['-l', '-'], { input, env, reject: false }),
    ];
    for (const { stdout: page } of shown.filter(({ code }) => code !== 'ENOENT')) {
      // Bold is overstruck, or switched on and off.
      const plain = page.replace(/.\x08/g, '').replace(/\u001b\[[\d;]*m/g, '');
      expect(plain).toMatch(/^EXIT STATUS$/m);
      expect(plain).toMatch(/^ +--dry-run$/m);
      expect(plain).toContain('replaces the image’s command');
      expect(plain).toContain('slimtrace slim jq:1 --exit -- -n "[1,2]|add"');
    }
  });
});
