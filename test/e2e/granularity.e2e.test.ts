import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { buildTestImage, describeOnEngine, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const dockerfile = `
FROM ${baseImage}
WORKDIR /srv/app
COPY run.sh used.txt lazy.txt ./
ENTRYPOINT ["/srv/app/run.sh"]
`;
const files = { 'run.sh': '#!/bin/sh\nexec "$@"\n', 'used.txt': 'used\n', 'lazy.txt': 'lazy\n' };
const traced = ['cat', '/srv/app/used.txt'];

/** Nothing that the trace of `cat used.txt` sees, nor a reader of scripts. */
const later = {
  'a file beside one that is used': ['cat', '/srv/app/lazy.txt'],
  'another program of the same package, in a directory all share': ['tac', '/srv/app/used.txt'],
  'one that needs a file of its package elsewhere': ['stdbuf', '-o0', 'cat', '/srv/app/used.txt'],
};

describeOnEngine('--granularity', () => {
  let slimtrace: Slimtrace;
  let image: string;
  const tags: string[] = [];

  const slim = async (name: string, ...granularity: readonly string[]) => {
    const tag = `slimtrace-test/granularity:${name}`;
    tags.push(tag);
    // What is beside the script that the image starts would be kept as the application's own.
    const wishes = ['--without', 'application', ...granularity.flatMap((value) => ['--granularity', value])];
    const outcome = await slimtrace.run(['slim', image, '--tag', tag, ...wishes, '--exit', '--', ...traced]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return tag;
  };
  /** Of the later commands those that work. */
  const working = async (tag: string) => {
    const works: string[] = [];
    for (const [what, command] of Object.entries(later)) {
      const { exitCode } = await execa('docker', ['run', '--rm', tag, ...command], { reject: false });
      if (exitCode === 0) works.push(what);
    }
    return works;
  };
  const why = async (tag: string, path: string) => (await slimtrace.run(['why', tag, path])).stdout;
  const [beside, sameDirectory, elsewhere] = Object.keys(later);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await ensureBaseImage();
    image = await buildTestImage('granularity-original', dockerfile, files);
    expect(await working(image)).toEqual(Object.keys(later));
  });
  afterAll(async () => {
    await removeImages(image, ...tags);
    await slimtrace[Symbol.asyncDispose]();
  });

  test('file: what the run and its loader need, and no more', async () => {
    const tag = await slim('file', 'file');
    expect(await working(tag)).toEqual([]);
    expect(await why(tag, '/srv/app/lazy.txt')).toMatch(/is out of .*: nothing asked for it/);
  });

  test('directory: the files beside, in a shared directory those of the same package', async () => {
    const tag = await slim('directory', 'directory');
    expect(await working(tag)).toEqual([beside, sameDirectory]);
    expect(await why(tag, '/srv/app/lazy.txt')).toMatch(/^ {2}\/srv\/app\/\S+ stands in the same directory$/m);
  });

  test('package: all of it, without its documentation', async () => {
    const tag = await slim('package', 'package');
    expect(await working(tag)).toEqual([beside, sameDirectory, elsewhere]);
    const text = await why(tag, '/usr/libexec/coreutils/libstdbuf.so');
    expect(text).toMatch(/libstdbuf\.so \(package coreutils\) is in /);
    expect(text).toMatch(/^ {2}\/usr\/bin\/cat is of package coreutils, kept whole$/m);
    expect(text, 'the chain goes on to the run').toMatch(/in the traced run/);
    expect(await why(tag, '/usr/share/doc/coreutils/copyright')).toMatch(/ is out of /);
  });

  test('an override says otherwise for what it matches, whatever else comes along', async () => {
    const tag = await slim('override', 'package', '/srv/**=file');
    expect(await working(tag)).toEqual([sameDirectory, elsewhere]);
  });
});
