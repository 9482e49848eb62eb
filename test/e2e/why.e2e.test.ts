import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTrace } from '../../src/schema/trace-schema.ts';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/why:slim';
const libraries = '/usr/lib/x86_64-linux-gnu';

interface AnswerJson {
  readonly package?: string;
  readonly explanation: {
    readonly kind: string;
    readonly path: string;
    readonly pattern?: string;
    readonly nearest?: { readonly path: string };
    readonly chains?: readonly (readonly { readonly path: string; readonly reason: { readonly kind: string } }[])[];
  };
}

describeOnEngine('why', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let report: string;

  const why = async (path: string) => {
    const outcome = await slimtrace.run(['why', tag, path]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return outcome.stdout;
  };
  const whyJson = async (path: string) => {
    const outcome = await slimtrace.run(['why', tag, path, '--json']);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return JSON.parse(outcome.stdout) as AnswerJson;
  };
  const kindsFor = async (path: string) =>
    new Set((await whyJson(path)).explanation.chains?.map(([step]) => step?.reason.kind));

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    report = join(scratch.path, 'report.json');
    const image = await ensureFixtureImage('python-flask');
    const checks = (await readExpectation('python-flask')).slim.args;
    const wishes = ['--exclude', '/usr/share/zoneinfo/Etc/U*', '--include', '/etc/debian_version', '--report', report];
    const outcome = await slimtrace.run(['slim', image, '--timeout', '180', '--tag', tag, ...wishes, ...checks]);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
  });
  afterAll(async () => {
    await removeImages(tag);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('a traced file: which program did what to it', async () => {
    const text = await why('/srv/app/app/templates/index.html');
    expect(text).toMatch(/^\/srv\/app\/app\/templates\/index\.html is in slimtrace-test\/why:slim$/m);
    expect(text).toMatch(/^ {2}\/usr\/bin\/python3\.11 opened .* in the traced run/m);
  });

  test('a library: what needs it, by which name, found how; with its package', async () => {
    expect(await kindsFor(`${libraries}/libc.so.6`)).toContain('elf-needed');
    const text = await why(`${libraries}/libexpat.so.1`);
    expect(text).toMatch(/^\S+libexpat\.so\.1 \(package libexpat1\) is in /);
  });

  test('the loader of a program, that no trace sees', async () => {
    expect(await kindsFor(`${libraries}/ld-linux-x86-64.so.2`)).toContain('elf-interpreter');
    expect(await why('/lib64/ld-linux-x86-64.so.2'), 'by the name programs have in them').toMatch(
      /^through the link \/lib64$/m,
    );
  });

  test('a symlink, the interpreter of a script, and a directory of kept files', async () => {
    expect(await kindsFor('/usr/bin/python3')).toContain('symlink');
    expect(await kindsFor('/usr/bin/python3.11'), 'gunicorn begins with #!').toContain('shebang');
    expect(await kindsFor('/srv')).toContain('parent-directory');
  });

  test('certificates, identity and what the user asked for', async () => {
    expect(await kindsFor('/etc/ssl/certs/ca-certificates.crt')).toContain('certificates');
    expect(await kindsFor('/etc/passwd')).toContain('identity');
    expect(await why('/etc/debian_version')).toMatch(/^ {2}--include \/etc\/debian_version$/m);
  });

  test('every chain ends at a root cause', async () => {
    for (const path of [`${libraries}/libc.so.6`, '/usr/bin/python3', '/srv']) {
      const { chains = [] } = (await whyJson(path)).explanation;
      expect(chains.length).toBeGreaterThan(0);
      for (const chain of chains) {
        expect(chain[0]?.path).toBe(path);
        expect(chain.at(-1)?.reason).not.toHaveProperty('parent');
      }
    }
  });

  test('a dropped file: nothing asked for it, its package, its nearest kept neighbour', async () => {
    const text = await why('/usr/bin/gfortran');
    expect(text).toMatch(/^\/usr\/bin\/gfortran \(package gfortran\) is out of .*: nothing asked for it$/m);
    expect(text).toMatch(/^kept beside it: \/usr\/bin\/\S+$/m);
    expect((await whyJson('/usr/lib/gcc')).explanation).toMatchObject({ kind: 'not-asked-for' });
  });

  test('an excluded file: by which pattern', async () => {
    expect(await why('/usr/share/zoneinfo/Etc/UTC')).toMatch(
      /is out of .*: --exclude \/usr\/share\/zoneinfo\/Etc\/U\* left it out$/m,
    );
  });

  test('a path that is not in the original, and text made to do harm', async () => {
    expect(await why('/no/such/file')).toMatch(/^\/no\/such\/file is not in the original image$/m);
    const hostile = await why('/srv/\u001b[31mred\u001b]0;title\u0007\nerror: forged\u202e');
    expect(hostile).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(hostile).not.toMatch(/^error: forged/m);
    expect((await whyJson('/srv//app/./app/../app/')).explanation.path).toBe('/srv/app/app');
  });

  describe('without a report', () => {
    test('--report FILE answers elsewhere: no engine, no state, and the same words', async () => {
      const env = { DOCKER_HOST: 'tcp://127.0.0.1:9', XDG_STATE_HOME: join(scratch.path, 'elsewhere') };
      const args = ['why', tag, '/srv/app/app/templates/index.html', '--report', report];
      const outcome = await slimtrace.run(args, { env, leavesEngineAlone: true });
      expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0, stdout: await why(args[2] ?? '') });
    });

    test('an image that was not made here', async () => {
      const outcome = await slimtrace.run(['why', 'slimtrace-fixture/python-flask:latest', '/srv']);
      expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
      expect(outcome.stderr).toMatch(/^error: no slimtrace report for slimtrace-fixture\/python-flask:latest/m);
      expect(outcome.stderr).toMatch(/^hint: .*--report FILE/m);
    });

    test.each([
      ['a relative path', ['srv'], /^error: "srv" is not an absolute path$/m],
      ['a path that leaves the image', ['/../etc/shadow'], /^error: not a path inside an image/m],
      ['a file that is no report', ['/srv', '--report', import.meta.filename], /not a report/],
      ['a report that is not there', ['/srv', '--report', '/nowhere'], /^error: could not read \/nowhere$/m],
    ])('%s', async (_name, args, words) => {
      const outcome = await slimtrace.run(['why', tag, ...args]);
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
      expect(outcome.stderr).toMatch(words);
      expect(outcome.stderr).toMatch(/^hint: /m);
    });
  });
});

describeOnEngine('trace, then build', () => {
  const names = ['slim', 'built', 'again'].map((name) => `slimtrace-test/trace-build:${name}`);
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
  });
  afterAll(async () => {
    await removeImages(...names);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('give the image that slim gives, and the same one each time', async () => {
    const image = await ensureFixtureImage('jq');
    const file = join(scratch.path, 'jq.trace');
    const [slim = '', ...built] = names;
    const traced = await slimtrace.run(['trace', image, '--exit', '--output', file]);
    expect(traced, traced.stderr).toMatchObject({ exitCode: 0, stdout: '' });
    const outcomes = [await slimtrace.run(['slim', image, '--exit', '--tag', slim])];
    for (const name of built)
      outcomes.push(await slimtrace.run(['build', image, '--exit', '--trace', file, '--tag', name]));
    for (const { exitCode, stderr } of outcomes) expect(exitCode, stderr).toBe(0);
    const ids = await Promise.all(names.map(imageId));
    expect(ids).toEqual(Array.from({ length: 3 }, () => ids[0]));
    expect(outcomes[1]?.stderr, 'it is not traced again').not.toContain('run it under the trace');
  });

  test('trace without --output prints it, and nothing else', async () => {
    const image = await ensureFixtureImage('jq');
    const { exitCode, stdout } = await slimtrace.run(['trace', image, '--exit', '--quiet']);
    expect(exitCode).toBe(0);
    const trace = parseTrace(stdout);
    expect(trace.image.id).toBe(await imageId(image));
    expect(trace.runs).toHaveLength(1);
    expect(trace.paths.map(({ path }) => path)).toContain('/documents/packages.json');
    expect(trace.paths.filter(({ path }) => path.startsWith('/.slimtrace'))).toEqual([]);
  });
});
