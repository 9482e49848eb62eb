import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/cli/terminal.ts';
import { isVerbose, openVerbose } from '../../src/cli/verbose.ts';
import { runCommand, startCommand } from '../../src/system/process.ts';

function hostWith(written: string[], isTTY = false): Host {
  const stream = { isTTY, on: () => {}, write: (text: string) => written.push(text) };
  return { argv: [], env: { TERM: 'dumb' }, stdout: stream, stderr: stream, on: () => {}, off: () => {} };
}

const withoutTimes = (written: readonly string[]) => written.map((line) => line.replace(/\d+\.\d s/, 'N s').trimEnd());

describe('--verbose', () => {
  test('tells each command, how it ended, and once how often it was repeated', async () => {
    const written: string[] = [];
    {
      const host = hostWith(written);
      using _verbose = openVerbose(host);
      using _again = openVerbose(host);
      await runCommand('sh', ['-c', 'exit 3']);
      await runCommand('true', ['--token', 'hunter2']);
      await runCommand('true', ['--token', 'hunter3']);
      await runCommand('no-such-program', []);
      await runCommand('sleep', ['20'], { timeoutMs: 10 });
      await using started = startCommand('cat', []);
      started.stdin.end();
      await started.ended;
    }
    await runCommand('true', ['afterwards']);
    expect(withoutTimes(written)).toEqual([
      "$ sh -c 'exit 3'  (exit 3, N s)",
      '$ true --token …  (exit 0, N s)',
      '$ no-such-program  (not found, N s)',
      '$ sleep 20  (ended, its time was up, N s)',
      '$ cat  (exit 0, N s)',
      '$ true --token …  (exit 0, 2 times in all)',
    ]);
  });

  test('clears the line of progress that it takes on a terminal', async () => {
    const written: string[] = [];
    using _verbose = openVerbose(hostWith(written, true));
    await runCommand('true', []);
    expect(written.join('')).toMatch(/^\r\u001b\[2K\$ true {2}\(exit 0, .*\)\n$/);
  });

  test('is asked for by the flag or the environment', () => {
    expect([{}, { SLIMTRACE_VERBOSE: '' }, { SLIMTRACE_VERBOSE: '0' }].map((env) => isVerbose({}, env))).toEqual([
      false,
      false,
      false,
    ]);
    expect(isVerbose({}, { SLIMTRACE_VERBOSE: '1' })).toBe(true);
    expect(isVerbose({ verbose: true }, {})).toBe(true);
  });
});
