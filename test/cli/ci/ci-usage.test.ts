import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CiReport } from '../../../src/report/ci/ci-report.js';
import { runInProcess } from '../run-in-process.js';

const directory = mkdtempSync(join(tmpdir(), 'ci-usage-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = join(directory, 'slimtrace.yaml');
writeFileSync(config, 'images: {a: {image: app:1}, b: {image: app:1}}\n');
const sizes = join(directory, 'sizes.json');
writeFileSync(sizes, '{}');

// No engine is there to be asked: nothing of this comes so far.
describe('what is wrong is told before any work', () => {
  test.each([
    [['--config', join(directory, 'none.yaml')], /could not read .*none\.yaml/],
    [['--config', config], /a and b both slim app:1, and would give the result the same name\nhint: give each a `tag`/],
    [['c', '--config', config], /has no image "c"\nhint: it has a, b/],
    [['a', '--config', config, '--deadline', 'soon'], /--deadline total "soon" is not a time/],
    [['a', '--config', config, '--concurrency', '0'], /--concurrency "0"/],
    [['a', '--config', config, '--accept'], /--accept has no file/],
    [
      ['a', '--config', config, '--accepted', sizes],
      /sizes\.json has no accepted sizes that could be read: schemaVersion/,
    ],
    [['a', '--config', config, '--engine', 'lxc'], /--engine/],
  ])('ci %j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess(['ci', ...args]);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });

  test.each([
    ['--report', 3],
    ['--resume', 3],
    ['--junit', 3],
  ])('%s in a directory that isn’t there', async (flag, code) => {
    const file = join(directory, 'no', 'such', 'file');
    const { exitCode, stderr } = await runInProcess(['ci', 'a', '--config', config, '--quiet', flag, file]);
    expect(exitCode, stderr).toBe(code);
    expect(stderr).toMatch(/^error: could not write .*file$/m);
  });

  const notes = join(directory, 'notes.txt');
  const two = join(directory, 'two.yaml');
  const at = (name: string) => join(directory, name);
  writeFileSync(notes, 'mine');
  writeFileSync(
    two,
    JSON.stringify({
      images: {
        one: { image: 'app:1', report: 'one.json', lock: 'one.lock' },
        two: { image: 'app:2', output: 'two.tar' },
        three: { image: 'app:3', base: 'docker-archive:base.tar' },
      },
      ci: { state: 'state', dotenv: 'ci.env' },
    }),
  );
  writeFileSync(at('base.tar'), '');

  test.each([
    [['--report', at('x'), '--junit', at('x')], /--report and --junit are both/],
    [['--report', at('x'), '--accepted', at('x'), '--accept'], /--report and --accepted are both/],
    [['--report', at('x'), '--accepted', at('x')], /--accepted and --report are both .*\nhint: --report would replace/],
    [['--report', two], /--config and --report are both/],
    [['--junit', at('one.json')], /--junit and images\.one\.report are both/],
    [['--junit', at('one.lock')], /images\.one\.lock and --junit are both/],
    [['--junit', at('two.tar')], /--junit and images\.two\.output are both/],
    [['--junit', at('base.tar')], /images\.three\.base and --junit are both/],
    [['--junit', at('state')], /ci\.state and --junit are both/],
    [['--resume', at('ci.env')], /--resume and ci\.dotenv are both/],
    [['--html', at('pages'), '--markdown', at('pages/two.html')], /--markdown and the page of two are both/],
    [['--html', at('pages'), '--report', at('pages')], /--report and --html are both/],
    [['--platform', 'gitlab', '--report', 'slimtrace-junit.xml'], /--report and the usual junit are both/],
    [['--junit', ''], /--junit names no file/],
    [['--html', notes], /--html .*notes\.txt is a file\nhint: it takes a directory/],
    [['--resume', notes], /notes\.txt is no state of slimtrace ci, and would be replaced/],
    [['--accepted', notes, '--accept'], /notes\.txt has no accepted sizes/],
    [['one', '--resume', 'two'], /--resume two names a file.*\nhint: .*`ci one two --resume`.*--resume=\.\/two/],
  ])('nothing is replaced that is not for it: ci %j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess(['ci', ...args, '--config', two, '-q']);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });

  test.each([
    ['--report', '--sbom'],
    ['--html', '--output'],
    ['--provenance', '--seccomp-profile'],
    ['--markdown', '--apparmor-profile'],
  ])('slim %s and %s of one name', async (first, second) => {
    const args = [first, at('same'), second, `${directory}/./same`];
    const { exitCode, stderr } = await runInProcess(['slim', 'no-such-image', '--no-config', ...args]);
    expect(exitCode, stderr).toBe(2);
    for (const words of [first, second, 'are one file']) expect(stderr).toContain(words);
  });

  test.each([
    ['slim', 'a', '--report', notes, '--packs', notes],
    ['slim', 'a', '--report', notes, '--env-file', notes],
    ['slim', 'a', '--report', notes, '--config', notes],
    ['slim', notes, '--sbom', notes],
    ['trace', 'a', '--env-file', notes, '--output', notes],
    ['run', 'a', '--env-file', notes, '--output', notes],
    ['lock', 'a', '--report', at('new.lock'), '--output', at('new.lock')],
    ['dockerfile', 'a', '--dockerfile', notes, '--report', notes],
    ['report', notes, '--html', notes],
  ])('what is read is not written over: %s %s %s', async (...args) => {
    const { exitCode, stderr } = await runInProcess(args);
    expect(exitCode, stderr).toBe(2);
    if (!args.includes('--config')) expect(stderr).toContain('are both');
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });

  test('one report that can’t be written costs neither the others nor the verdict', async () => {
    const file = at('unwritable.yaml');
    writeFileSync(file, JSON.stringify({ images: { a: { image: `docker-archive:${at('gone.tar')}` } } }));
    const lost = [at('report.json'), at('metrics.txt')];
    const args = ['--report', lost[0] ?? '', '--metrics', lost[1] ?? '', '--junit', at('j.xml')];
    const stopped = (text: string) => {
      // What was free before the work has been taken meanwhile.
      if (text.includes('a: ')) for (const path of lost) mkdirSync(path, { recursive: true });
    };
    const ran = await runInProcess(['ci', '--config', file, '--resume', at('s.json'), ...args], {}, stopped);
    expect(ran.exitCode, ran.stderr).toBe(3);
    expect(ran.stdout).toContain('1 error');
    expect(ran.stderr).toContain(`error: could not write ${lost.join(', ')}\n`);
    expect(readFileSync(at('j.xml'), 'utf8')).toContain('<testsuites');
  });

  test('--fail-fast begins nothing after what failed; without it, the others go on', async () => {
    const absent = { exit: true };
    const images = ['a', 'b', 'c'].map((name) => [
      name,
      { ...absent, image: `docker-archive:${join(directory, name)}.tar` },
    ]);
    const file = join(directory, 'absent.yaml');
    writeFileSync(file, JSON.stringify({ images: Object.fromEntries(images) }));
    const args = [
      'ci',
      '--config',
      file,
      '--resume',
      join(directory, 'state.json'),
      '--concurrency',
      '1',
      '--json',
      '-q',
    ];
    for (const [flags, outcomes] of [
      [['--fail-fast'], ['error', 'cancelled', 'cancelled']],
      [[], ['error', 'error', 'error']],
    ] as const) {
      const { exitCode, stdout, stderr } = await runInProcess([...args, ...flags]);
      expect(exitCode, stderr).toBe(3);
      const report = JSON.parse(stdout) as CiReport;
      expect(report.images.map(({ outcome }) => outcome)).toEqual(outcomes);
      expect(report.images[0]?.problem).toMatchObject({ message: expect.stringContaining('not found'), exitCode: 3 });
    }
  });

  test('without a configuration', async () => {
    const { exitCode, stderr } = await runInProcess(['ci']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /there is no slimtrace\.yaml or slimtrace\.yml here\nhint: `slimtrace init IMAGE` writes one/,
    );
  });

  test.each([
    ['--max-size', 'lots'],
    ['--min-reduction', '60'],
    ['--max-files', 'few'],
    ['--forbid-package', 'cargo:serde'],
    ['--fail-on', 'shells'],
  ])('slim %s %s', async (flag, value) => {
    const { exitCode, stdout, stderr } = await runInProcess(['slim', 'no-such-image', flag, value]);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`error: ${flag} ${JSON.stringify(value)} is not`);
  });
});
