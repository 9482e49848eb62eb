import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWithBuildKit, configOf, treeOf } from '../support/built-images.ts';
import { ensureFixtureImage, listFixtures, readExpectation } from '../support/fixture-images.ts';
import {
  buildTestImage,
  describeOnEngine,
  docker,
  inspectImage,
  openScratch,
  removeImages,
} from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const distroless = ['--base', 'distroless', '--distroless-from', 'slimtrace-fixture/distroless'];

/** On a base, in layers and as another user, besides each fixture as it is. */
const variants = new Map<string, readonly string[]>([
  ['go-server', [...distroless, '--user', 'nonroot']],
  ['redis', ['--layers', 'split', '--user', 'nonroot']],
]);
const names = await listFixtures();
const slimmable = (await Promise.all(names.map(async (name) => [name, await readExpectation(name)] as const)))
  .filter(([, { slimExitCode }]) => (slimExitCode ?? 0) === 0)
  .map(([name]) => name);
const cases = slimmable.flatMap((name) => {
  const variant = variants.get(name);
  return [{ name, flags: [] as readonly string[] }, ...(variant === undefined ? [] : [{ name, flags: variant }])];
});

describeOnEngine('slimtrace dockerfile', () => {
  let slimtrace: Slimtrace;
  const images: string[] = [];
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    await removeImages(...images);
    await slimtrace[Symbol.asyncDispose]();
  });

  const build = async (tag: string, dockerfile: string, context?: string) => {
    images.push(tag);
    await buildWithBuildKit(tag, context === undefined ? { dockerfile } : { context });
  };

  test.each(cases)('$name $flags: built with BuildKit, it is the image that slim makes', async ({ name, flags }) => {
    const image = await ensureFixtureImage(name);
    const { args, command } = (await readExpectation(name)).slim;
    const words = [...args, ...flags, ...(command.length > 0 ? ['--', ...command] : [])];
    await using scratch = await openScratch();
    const trace = join(scratch.path, 'trace.json');
    const traced = await slimtrace.run([
      'trace',
      image,
      '--output',
      trace,
      ...args,
      ...(command.length > 0 ? ['--', ...command] : []),
    ]);
    expect(traced.exitCode, traced.stderr).toBe(0);
    const [direct, built] = [`slimtrace-test/dockerfile-${name}:direct`, `slimtrace-test/dockerfile-${name}:built`];
    images.push(direct);
    const slim = await slimtrace.run(['build', image, '--trace', trace, '--tag', direct, ...words]);
    expect(slim.exitCode, slim.stderr).toBe(0);
    const written = await slimtrace.run(['dockerfile', image, '--trace', trace, ...words]);
    expect(written.exitCode, written.stderr).toBe(0);
    expect(written.stdout).toContain(`slimtrace-fixture/${name}:latest`);
    await build(built, written.stdout);

    const [one, two] = await Promise.all([treeOf(direct), treeOf(built)]);
    const lost = [...one].filter(([path, line]) => !two.has(path) && /^[bcp]/.test(line)).map(([path]) => path);
    for (const path of lost) one.delete(path);
    // A link to a link is a link of its own; the rest that COPY loses is told.
    if (name === 'every-kind') {
      expect(one.get('kinds/keep/hard-symlink-two')).toBe(
        `h ${one
          .get('kinds/keep/hard-symlink')
          ?.slice(2)
          .replace(/ -> .*/, '')} link to kinds/keep/hard-symlink`,
      );
      one.set('kinds/keep/hard-symlink-two', two.get('kinds/keep/hard-symlink-two') ?? '');
      expect(lost.sort()).toEqual(
        ['block', 'char', 'large'].map((kind) => `kinds/keep/device-${kind}`).concat('kinds/keep/pipe'),
      );
      expect(written.stderr).toContain(
        'warning: COPY carries no device nodes and pipes, so it lacks /kinds/keep/device-block',
      );
      expect(written.stderr).toContain('warning: Docker’s builder keeps no extended attributes but capabilities');
    } else expect(lost.filter((path) => !path.startsWith('dev/'))).toEqual([]);
    expect([...two].filter(([path, line]) => one.get(path) !== line)).toEqual([]);
    expect([...one.keys()].filter((path) => !two.has(path))).toEqual([]);
    expect(await configOf(built)).toEqual(await configOf(direct));
  });

  test('behind the team’s own stages, again and again, with what .dockerignore could name', async () => {
    await using scratch = await openScratch();
    const file = join(scratch.path, 'Dockerfile');
    const own = '# ours\nFROM slimtrace-fixture/base:bookworm\nWORKDIR /app\nCOPY . .\nCMD ["cat", "/app/hello"]\n';
    const files = { hello: 'hello from us', 'secret.key': 'k' };
    for (const [path, text] of Object.entries({ ...files, Dockerfile: own }))
      await writeFile(join(scratch.path, path), text, { mode: 0o755 });
    const image = await buildTestImage('dockerfile-own', own, files);
    images.push(image);
    const run = () => slimtrace.run(['dockerfile', image, '--exit', '--dockerfile', file, '--output', file]);
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text.startsWith(own.replace('bookworm\n', 'bookworm AS fat\n'))).toBe(true);
    expect(first.stderr).toMatch(
      /what \.dockerignore could name:\n {2}Dockerfile +\d+ B +it is copied into the image.*\n {2}secret\.key/,
    );
    // A stage of theirs behind ours stays, and is what a build makes then.
    await writeFile(file, `${text}FROM slim AS debug\n`);
    const again = await run();
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stderr).toContain('warning: the stage debug stands behind what slimtrace wrote');
    expect(again.stderr).toContain('build with --target slim');
    expect(await readFile(file, 'utf8')).toBe(`${text}FROM slim AS debug\n`);
    await writeFile(file, text);
    const built = 'slimtrace-test/dockerfile-own:built';
    await build(built, '', scratch.path);
    expect(await docker(['run', '--rm', built])).toBe('hello from us');
    expect((await inspectImage(built)).Size).toBeLessThan((await inspectImage(image)).Size / 10);
    expect(Object.keys((await inspectImage(built)).Config.Labels ?? {})).toEqual(['io.slimtrace.version']);
  });

  test('what a later build made of the image ends the build; what its environment says does nothing', async () => {
    const dockerfile = (later: string) => `FROM slimtrace-fixture/base:bookworm
ENV TAR_OPTIONS=--exclude=two POSIXLY_CORRECT=1 slimtrace=1 files1=none LC_ALL=xx
RUN mkdir -p /app/r1 /app/r2 && echo one >/app/one && echo two >"/app/two words" && echo two >/app/two && \\
 echo r1 >/app/r1/x && echo r2 >/app/r2/x && ln -s r1 /app/current
VOLUME /nothere/volume
WORKDIR /app
CMD ["/bin/sh", "-c", "cat one two 'two words' current/x; ls -d /nothere/volume"]
${later}`;
    const image = await buildTestImage('dockerfile-later', dockerfile(''));
    images.push(image);
    const written = await slimtrace.run(['dockerfile', image, '--exit']);
    expect(written.exitCode, written.stderr).toBe(0);
    const built = 'slimtrace-test/dockerfile-later:built';
    await build(built, written.stdout);
    expect(await docker(['run', '--rm', built])).toBe('one\ntwo\ntwo\nr1\n/nothere/volume');
    const later = async (line: string) => {
      await buildTestImage('dockerfile-later', dockerfile(`RUN ${line}\n`));
      return await buildWithBuildKit(built, { dockerfile: written.stdout }).then(
        () => 'built',
        // Builders print the script as well.
        (error: Error) => /slimtrace: (?!%s).*|tar: .*: Cannot.*/.exec(error.message)?.[0] ?? error.message,
      );
    };
    expect(await later('ln -sfn r2 current')).toMatch(
      /^slimtrace: app\/current->r1 is no such link any more: have this Dockerfile written again/,
    );
    expect(await later('rm two && mkdir two')).toContain('slimtrace: app/two is no file any more');
    expect(await later("rm 'two words'")).toContain('app/two words: Cannot stat');
    expect(await later('echo patched >two')).toBe('built');
    expect(await docker(['run', '--rm', built])).toContain('patched');
  });

  test('a verdict that is negative gives no Dockerfile; what makes no sense is said so', async () => {
    const image = await ensureFixtureImage('jq');
    await using scratch = await openScratch();
    const file = join(scratch.path, 'slim.Dockerfile');
    const failed = await slimtrace.run([
      'dockerfile',
      image,
      '--exit',
      '--exclude',
      '/usr/bin/jq',
      '--no-heal',
      '-o',
      file,
      '--',
      '-n',
      '1',
    ]);
    expect([failed.exitCode, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toContain('failed');
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    const refused = async (...args: readonly string[]) => {
      const { exitCode, stderr } = await slimtrace.run(['dockerfile', image, ...args]);
      return `${exitCode} ${/^error: (.*)$/m.exec(stderr)?.[1]}`;
    };
    expect(await refused('--dockerfile', '/no/such/Dockerfile')).toBe('2 could not read /no/such/Dockerfile');
    expect(await refused('--context', '.')).toBe('2 --context is for --dockerfile, and none is given');
    expect(await refused('--from', 'a b')).toBe('2 --from "a b" is no name of an image');
    expect(await refused('--tag', 'x')).toMatch(/^2 /);
    const team = join(scratch.path, 'Dockerfile');
    await writeFile(team, 'FROM a\nONBUILD RUN x\n');
    // Before anything runs: neither would be proved.
    expect(await refused('--dockerfile', team, '--context', '/no/such')).toBe('2 could not read /no/such');
    const trigger = await buildTestImage('dockerfile-onbuild', `FROM ${image}\nONBUILD RUN x\n`);
    images.push(trigger);
    const { exitCode, stderr } = await slimtrace.run(['dockerfile', trigger, '--dockerfile', team, '--exit']);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('a stage with ONBUILD')]);
    expect(stderr).toContain('give a --builder');
    expect(stderr).not.toMatch(/trac/);
  });
});
