import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openScratch } from '../support/run-docker.ts';

const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));

/** Runs a line of shell in which `slimtrace` is the real command, and says how slimtrace itself ended, not what reads it. */
async function inShell(line: string, cwd: string) {
  const slimtrace = `slimtrace() { '${process.execPath}' -- '${executable}' "$@"; }`;
  const { exitCode, stdout, stderr } = await execa('bash', ['-c', `set -o pipefail; ${slimtrace}; ${line}`], {
    cwd,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

const unwritable = (why: string) =>
  new RegExp(`^error: could not write standard output\nbecause: ${why}[^\n]*\nhint: .*the disk is not full$`);

describe('the standard output is whole, or the run failed', () => {
  test('a full disk is an error, of what a command prints as of the help', async () => {
    await using scratch = await openScratch();
    const lines = ['slimtrace schema report >/dev/full', 'slimtrace --help >/dev/full'];
    for (const outcome of await Promise.all(lines.map((line) => inShell(line, scratch.path)))) {
      expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
      expect(outcome.stderr).toMatch(unwritable('ENOSPC'));
    }
  });

  test('so is a disk that takes the beginning and no more', async () => {
    await using scratch = await openScratch();
    // As a disk that fills up: the kernel writes what fits, says so, and refuses the rest (setrlimit(2)).
    const { exitCode, stderr } = await inShell("trap '' XFSZ; ulimit -f 4; slimtrace schema report >cut", scratch.path);
    expect((await readFile(join(scratch.path, 'cut'))).length).toBe(4096);
    expect(stderr).toMatch(unwritable('EFBIG'));
    expect(exitCode).toBe(3);
  });

  test('a file and a slow reader get everything, and one that has gone ends it silently', async () => {
    await using scratch = await openScratch();
    const { stdout: whole } = await inShell('slimtrace schema report', scratch.path);
    expect(Object.keys(JSON.parse(whole))).toContain('$schema');
    const [slow, appended, gone] = await Promise.all([
      inShell('slimtrace schema report | (sleep 1; cat)', scratch.path),
      inShell('echo first >file; slimtrace schema report >>file; cat file', scratch.path),
      inShell('slimtrace schema report | :', scratch.path),
    ]);
    expect(slow).toEqual({ exitCode: 0, stdout: whole, stderr: '' });
    expect(appended).toEqual({ exitCode: 0, stdout: `first\n${whole}`, stderr: '' });
    expect(gone).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
