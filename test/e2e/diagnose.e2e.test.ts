import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const broken = 'slimtrace-test/diagnose:broken';
const mended = 'slimtrace-test/diagnose:mended';
const traced = 'each git --version + iconv -f UTF-8 -t UTF-16 /srv/text + openssl version + python3 -c print(1)'.split(
  ' ',
);

/** Uses that need what the trace didn't see, each with a part of the include that is to come of what it prints. */
const uses: readonly (readonly [include: string, ...command: string[]])[] = [
  ['/usr/lib/x86_64-linux-gnu/gconv', 'iconv', '-f', 'UTF-8', '-t', 'SHIFT_JIS', '/srv/text'],
  ['/ossl-modules/legacy.so', 'openssl', 'dgst', '-provider', 'legacy', '-md4', '/srv/text'],
  ['/usr/lib/python3.11/csv.py', 'python3', '-c', 'import csv'],
  ['/usr/lib/python3.11/encodings/shift_jis.py', 'python3', '-c', '"x".encode("shift_jis")'],
  ['/usr/bin/curl', 'curl', '--version'],
  ['/srv/first-run.txt', 'python3', '-c', 'open("/srv/first-run.txt")'],
];

interface DiagnosisJson {
  readonly include: readonly string[];
  readonly findings: readonly { readonly verdict: string; readonly clue: { readonly name: string } }[];
}

describeOnEngine('diagnose', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let log: string;

  const slim = async (tag: string, ...flags: readonly string[]) => {
    const image = await ensureFixtureImage('os-knowledge');
    const args = ['slim', image, '--tag', tag, '--quiet', '--exit', '--without', 'all', ...flags, '--', ...traced];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
  };
  const use = async (image: string, command: readonly string[]) =>
    await execa('docker', ['run', '--rm', '--network', 'none', image, ...command], { all: true, reject: false });
  const diagnose = async (...flags: readonly string[]) => await slimtrace.run(['diagnose', broken, ...flags]);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    log = join(scratch.path, 'log');
    await slim(broken);
    const printed: string[] = [];
    for (const [, ...command] of uses) {
      const { exitCode, all } = await use(broken, command);
      expect(exitCode, `${command.join(' ')} was to fail`).not.toBe(0);
      printed.push(all);
    }
    await writeFile(log, printed.join('\n'));
  });
  afterAll(async () => {
    await removeImages(broken, mended);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('what a broken image printed leads to includes with which it isn’t broken any more', async () => {
    const outcome = await diagnose(log, '--json');
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    const { include } = JSON.parse(outcome.stdout) as DiagnosisJson;
    expect(uses.map(([part]) => part).filter((part) => !include.some((pattern) => pattern.endsWith(part)))).toEqual([]);
    await slim(mended, ...include.flatMap((pattern) => ['--include', pattern]));
    const lines: string[] = [];
    for (const [part, ...command] of uses) {
      const { exitCode, all } = await use(mended, command);
      if (exitCode !== 0) lines.push(`${part}: ${all}`);
    }
    // A module that is back can miss the next one: that is for another round.
    expect(lines.filter((line) => !line.includes('ModuleNotFoundError'))).toEqual([]);
  });

  test('in words: the line, the file with its package, and the flag', async () => {
    const { stdout } = await diagnose(log);
    expect(stdout).toMatch(/^line \d+.*: ModuleNotFoundError: No module named 'csv'$/m);
    expect(stdout).toMatch(/^ {2}\/usr\/bin\/curl \(package curl\): nothing asked for it/m);
    expect(stdout).toMatch(/^ {2}--include \/usr\/bin\/curl$/m);
  });

  test('a log on standard input, in which nothing was left out: exit code 1, and why not', async () => {
    const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));
    const { exitCode, stdout } = await execa(process.execPath, [executable, 'diagnose', broken, '-'], {
      env: { XDG_STATE_HOME: slimtrace.stateDirectory, NO_COLOR: '1' },
      input: 'cat: /etc/nowhere: No such file or directory\nnginx: [emerg] getpwnam("nobody") failed\n',
      reject: false,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('line 1: file /etc/nowhere: the original has no such thing');
    expect(stdout).toContain('line 2: user nobody: /etc/passwd is in the slim image');
    expect(stdout).not.toContain('--include');
  });

  test('why-not: what keeps a file, and all it is one of', async () => {
    const outcome = await slimtrace.run(['why-not', broken, '/usr/share/zoneinfo/Asia/Tokyo']);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^\/usr\/share\/zoneinfo\/Asia\/Tokyo \(package tzdata\) is out of /m);
    expect(outcome.stdout).toMatch(/^to keep it: --include \/usr\/share\/zoneinfo\/Asia\/Tokyo$/m);
    expect(outcome.stdout).toMatch(/^to keep all it is one of \(\d+ files\): --include \/usr\/share\/zoneinfo\/Asia$/m);
  });

  test('a log that is not there', async () => {
    const outcome = await diagnose('/nowhere');
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: could not read \/nowhere$/m);
  });
});
