import { describe, expect, test } from 'vitest';
import { runInProcess } from './run-in-process.ts';

describe('slimtrace', () => {
  test('without arguments shows its commands, and is a usage error', async () => {
    const { exitCode, stdout, stderr } = await runInProcess([]);
    expect(exitCode).toBe(2);
    for (const command of ['slim', 'compare', 'why', 'why-not', 'diagnose', 'trace', 'build'])
      expect(stdout + stderr).toContain(`  ${command} `);
  });

  test('prints its version and its help with exit code 0', async () => {
    expect(await runInProcess(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.0.0-dev\n', stderr: '' });
    const help = await runInProcess(['slim', '--help']);
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain('--http <[METHOD ]PATH[=STATUS]>');
    expect(help.stderr).toBe('');
  });

  test.each([
    [['slm'], "unknown command 'slm'", 'Did you mean slim?'],
    [['slim', 'x', '--htp', '/'], "unknown option '--htp'", 'Did you mean --http?'],
    [['slim'], 'no image is named', 'slimtrace init'],
    [['slim', 'x', '--http', 'nonsense'], '"[METHOD ]PATH[=STATUS]"', 'hint: '],
    [['slim', 'x', '--exec', 'echo "open'], 'is never closed', ''],
    [['slim', 'x', '--exec', 'ps | grep x'], 'needs a shell', "sh -c '"],
    [['slim', 'x', '--port', '0'], 'is not a port', ''],
    [['slim', 'x', '--timeout', 'soon'], 'is not a time of 1 to 86400 seconds', ''],
    [['slim', 'x', '--tag', 'UPPER CASE'], 'is not NAME[:TAG]', ''],
    [['slim', '--exit', 'image:1', 'x'], 'is not an exit code', 'give the image before --exit'],
    [['slim', 'x', '--include-from', '/nowhere'], 'could not read /nowhere', ''],
    [['build', 'x'], 'build needs --trace FILE or --lock FILE', ''],
    [['compare', 'a', 'b', '--json', '--markdown'], 'exclude each other', ''],
    [['why', 'x', 'relative'], 'is not an absolute path', 'begin with /'],
    [['why-not', 'x', 'relative'], 'is not an absolute path', 'begin with /'],
    [['diagnose', 'x'], "missing required argument 'logfile'", ''],
  ])('%j is refused with words and exit code 2', async (args, problem, hint) => {
    const { exitCode, stderr } = await runInProcess(args);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(hint);
    expect(stderr).toMatch(/^error: /m);
    expect(exitCode).toBe(2);
  });

  test.each([
    ['why', '/y'],
    ['why-not', '/y'],
    ['diagnose', '-'],
  ])('%s takes -q as all commands do', async (command, about) => {
    const { exitCode, stderr } = await runInProcess([command, 'x', about, '--report', '/nowhere', '-q']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('read /nowhere') });
  });

  test('refuses a SOURCE_DATE_EPOCH that is none before anything is run', async () => {
    const { exitCode, stderr } = await runInProcess(['slim', 'x', '--exit'], { SOURCE_DATE_EPOCH: 'yesterday' });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('SOURCE_DATE_EPOCH') });
  });
});
