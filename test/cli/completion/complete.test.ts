import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { splitLine } from '../../../src/cli/completion/split-line.ts';
import { runInProcess } from '../run-in-process.ts';

/** The answer to words as zsh and fish send them. */
async function complete(...words: string[]): Promise<{ readonly values: string[]; readonly directive: string }> {
  const { exitCode, stdout, stderr } = await runInProcess(['__complete', 'fish', '--', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.replace(/\t.*/, '')), directive: lines.at(-1) ?? '' };
}

describe('what is completed comes from the commands themselves', () => {
  test('every command that help shows, and every flag of each', async () => {
    const help = (await runInProcess(['--help'])).stdout;
    const commands = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].map(
      ([, name]) => name,
    );
    expect(commands).toContain('slim');
    expect((await complete('')).values).toEqual(commands);
    for (const command of commands.filter((name) => name !== 'help')) {
      const shown = (await runInProcess([command ?? '', '--help'])).stdout;
      const flags = [...shown.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
      expect(new Set((await complete(command ?? '', '-')).values), command).toEqual(new Set(flags));
    }
  });

  test.each<[readonly string[], readonly string[], string]>([
    [['sl'], ['slim'], ':end'],
    [['help', 'verif'], ['verify'], ':end'],
    [['slim', '--engine', 'd'], ['docker'], ':end'],
    [['slim', '--engine=p'], ['--engine=podman'], ':end'],
    [['debug', '--engine', 'e'], [], ':end'],
    [['completion', ''], ['bash', 'zsh', 'fish'], ':end'],
    [['slim', '--report', 're'], [], ':files:'],
    [['slim', '--report=re'], [], ':files:--report='],
    [['slim', '-v', '/sr'], [], ':files:'],
    [['slim', '-o', ''], [], ':files:'],
    [['slim', '-w', '/sr'], [], ':end'],
    [['slim', '--http', '/'], [], ':end'],
    [['slim', './im'], [], ':files:'],
    [['slim', 'oci-archive:im'], [], ':files:oci-archive:'],
    [['slim', '--base=oci:im'], [], ':directories:--base=oci:'],
    [['slim', '--engine', 'embedded', 'oci'], ['oci-archive:', 'oci:'], ':nospace'],
    [['why', '--engine=embedded', 'x', '/u'], [], ':end'],
    [['diagnose', 'x', 'lo'], [], ':files:'],
    [['slim', 'x', '--', '--eng'], [], ':end'],
    [['slim', '--exit', '--eng'], ['--engine'], ':end'],
    [['merge', 'one.json', 'tw'], [], ':files:'],
    [['slim', '--engine', 'embedded', 'app.t'], [], ':files:'],
    [['no-such-command', '--eng'], [], ':end'],
    [['slim', '--no-such-flag='], [], ':end'],
  ])('%j', async (words, values, directive) => {
    expect(await complete(...words)).toEqual({ values, directive });
  });

  test('the images of a configuration by their keys, whatever else is wrong with it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'completion-'));
    const config = join(directory, 'slimtrace.yaml');
    await writeFile(config, 'nonsense: 1\nimages:\n  web: {image: a:1}\n  worker:\n  "$(evil)": 1\n');
    expect(await complete('ci', '--config', config, 'web', 'w')).toEqual({
      values: ['web', 'worker'],
      directive: ':end',
    });
    const slim = ['slim', '--engine=embedded', `--config=${config}`];
    expect((await complete(...slim, 'w')).values).toEqual(['web', 'worker']);
    await writeFile(config, 'images: [');
    expect(await complete('ci', '--config', config, '')).toEqual({ values: [], directive: ':end' });
    await rm(directory, { recursive: true });
    expect(await complete('ci', '--config', config, '')).toEqual({ values: [], directive: ':end' });
  });

  test('bash is given what comes after the last of its word breaks', async () => {
    const answer = async (line: string, breaks = '"\'@><=;|&(:') =>
      (await runInProcess(['__complete', 'bash', '--', breaks, line])).stdout.replaceAll(/\t.*/g, '');
    expect(await answer('slimtrace slim --engine=p')).toBe('podman\n:end\n');
    expect(await answer('slimtrace slim --engine=p', '')).toBe('--engine=podman\n:end\n');
    expect(await answer('slimtrace slim "--engine=p')).toBe('--engine=podman\n:end\n');
    expect(await answer('slimtrace slim --engine=embedded oci-')).toBe('oci-archive:\n:nospace\n');
  });

  test('never fails', async () => {
    for (const words of [['csh', '--', 'x'], ['bash'], ['fish']])
      expect(await runInProcess(['__complete', ...words])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each([
    ['a b', ['a', 'b']],
    ['a ', ['a', '']],
    ['a  "b c', ['a', 'b c']],
    [`a 'b"\\c' d\\ e`, ['a', 'b"\\c', 'd e']],
    ['a "b\\"c\\d"', ['a', 'b"c\\d']],
    [`a ''`, ['a', '']],
    ['', ['']],
  ])('%j as a shell reads it', (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });

  test('a shell that is none is refused', async () => {
    const { exitCode, stderr } = await runInProcess(['completion', 'csh']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('bash, zsh, fish') });
  });
});
