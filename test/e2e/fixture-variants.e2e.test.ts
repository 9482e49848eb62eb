import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { SlimReport } from '../../src/report/report.js';
import { makeExtraChecks } from '../support/extra-checks.ts';
import { ensureFixtureImage, listDistrolessBases, listFixtures, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, docker, inspectImage, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/variants:slim';
const onBase = ['--base', 'distroless', '--distroless-from', 'slimtrace-fixture/distroless', '--layers', 'split'];

type FullReport = Pick<SlimReport, 'base' | 'layers' | 'confinement'> & {
  readonly kept: readonly (readonly [string, unknown])[];
};

/** Paths that one engine's run may keep and the other's not, with the reason. Everything else has to be the same. */
const explained: readonly { readonly path: RegExp; readonly because: string }[] = [
  {
    path: /\/libgcc_s\.so\.1$/,
    because:
      'glibc loads it when a thread is cancelled or exits (pthread_cancel(3)), which happens in some runs and not in others',
  },
];

const names = await listFixtures();
const expectations = await Promise.all(names.map(async (name) => ({ name, ...(await readExpectation(name)) })));
const slimmable = expectations.filter(({ slimExitCode }) => slimExitCode === undefined);
/** Every kind of file, and an application: saving and copying an image takes minutes of CI's time, and says the same of others. */
const archivedBy: Readonly<Record<string, 'docker save' | 'skopeo'>> = {
  'every-kind': 'docker save',
  redis: 'skopeo',
};

/** Each a runtime of its own: a profile takes three runs more, and `test/bench/seccomp.ts` makes that of every fixture. */
const confined: ReadonlySet<string> = new Set(
  'every-kind go-server java-http node-express python-flask redis shell-entrypoint'.split(' '),
);

describeOnEngine('fixtures on a base, in split layers, and as archives', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await Promise.all((await listDistrolessBases()).map((name) => ensureFixtureImage(name)));
  });
  beforeEach(async () => {
    scratch = await openScratch();
  });
  afterEach(async () => {
    await scratch[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await removeImages(tag);
    await slimtrace[Symbol.asyncDispose]();
  });

  const slim = async (image: string, args: readonly string[], command: readonly string[]): Promise<FullReport> => {
    const file = join(scratch.path, 'report.json');
    const words = command.length > 0 ? ['--', ...command] : [];
    const own = ['--report', file, '--timeout', '120'];
    const outcome = await slimtrace.run(['slim', image, ...own, ...args, ...words]);
    expect(outcome.exitCode, `${image}\n${outcome.stderr}\n${outcome.stdout}`).toBe(0);
    return JSON.parse(await readFile(file, 'utf8'));
  };

  for (const expectation of slimmable) {
    const { name, slim: traced, extraChecks } = expectation;
    // All that can be checked in one run: what a single request happens to touch differs from run to run.
    const inOneRun = traced.args.includes('--exit')
      ? 0
      : (extraChecks.indexOf('--exit') + 1 || extraChecks.length + 1) - 1;
    const checks = [...traced.args, ...extraChecks.slice(0, inOneRun)];
    const tool = archivedBy[name];
    const isConfined = confined.has(name);
    const also = [
      ...(isConfined ? [', under its own seccomp profile too'] : []),
      ...(tool === undefined ? [] : [`, and from ${tool} the embedded engine keeps the same`]),
    ].join('');

    testWith(
      [...(isConfined ? ['apparmor_parser'] : []), ...(tool === 'skopeo' ? ['skopeo'] : [])],
      `${name} passes all checks on the fitting distroless base in split layers${also}`,
      async () => {
        const image = await ensureFixtureImage(name);
        const [seccomp, apparmor] = ['seccomp.json', 'apparmor'].map((file) => join(scratch.path, file)) as [
          string,
          string,
        ];
        const profiles = isConfined ? ['--seccomp-profile', seccomp, '--apparmor-profile', apparmor] : [];
        const based = await slim(image, [...checks, ...onBase, ...profiles, '--tag', tag], traced.command);
        await expectOnBase(based);
        if (isConfined) await expectConfined(based, { seccomp, apparmor });
        const slimArguments = isConfined ? ['--security-opt', `seccomp=${seccomp}`] : [];
        const rest = { ...expectation, extraChecks: extraChecks.slice(inOneRun), slimArguments };
        const answers = rest.extraChecks.length === 0 ? [] : await makeExtraChecks(image, tag, rest, async () => {});
        expect(answers.filter(({ problem }) => problem !== undefined)).toEqual([]);
        if (tool === undefined) return;
        const archive = await (tool === 'skopeo' ? copyBySkopeo(image, name) : saveByDocker(image));
        const embedded = await slim(archive, [...checks, '--output', join(scratch.path, 'slim.tar')], traced.command);
        expect(differences(pathsOf(based), pathsOf(embedded)), tool).toEqual([]);
      },
      600_000,
    );
  }

  /** The base's layers are the first of the image's, with all that they hold. */
  async function expectOnBase({ base, layers }: FullReport): Promise<void> {
    const own = (await inspectImage(tag)).RootFS.Layers;
    const below = (await inspectImage(base?.name ?? '')).RootFS.Layers;
    expect(own.slice(0, below.length)).toEqual(below);
    expect(layers.map(({ diffId }) => diffId)).toEqual(own);
    expect(layers.slice(below.length).map(({ kind }) => kind)).not.toContain('all');
  }

  async function expectConfined(
    { confinement }: FullReport,
    { seccomp, apparmor }: { readonly seccomp: string; readonly apparmor: string },
  ): Promise<void> {
    expect(confinement.seccomp).toMatchObject({ file: seccomp, proved: 'yes', because: [] });
    expect(confinement.seccomp?.syscalls, 'far fewer than Docker’s 350').toBeLessThan(240);
    expect(confinement.apparmor?.proved).not.toBe('no');
    if (confinement.apparmor?.proved === 'unknown')
      expect(confinement.apparmor.because).toEqual([expect.stringMatching(/AppArmor|apparmor|root|machine/)]);
    expect((await execa('apparmor_parser', ['-QT', apparmor])).exitCode).toBe(0);
  }

  async function saveByDocker(image: string): Promise<string> {
    const saved = join(scratch.path, 'saved.tar');
    await docker(['save', '--output', saved, image]);
    return `docker-archive:${saved}`;
  }

  async function copyBySkopeo(image: string, name: string): Promise<string> {
    // OCI's config has no HEALTHCHECK (image-spec config.md), and skopeo drops it: those go from Docker's format to Docker's.
    const { Healthcheck } = (await inspectImage(image)).Config;
    const copied = `${Healthcheck ? 'docker-archive' : 'oci'}:${join(scratch.path, name)}`;
    const copy = ['copy', '--quiet', '--insecure-policy', await saveByDocker(image), copied];
    // Compressing takes a quarter of a minute; the corpus of archives has layers that skopeo compressed.
    await execa('skopeo', [...copy, '--dest-oci-accept-uncompressed-layers']);
    return copied;
  }
});

function pathsOf({ kept }: FullReport): readonly string[] {
  return kept.map(([path]) => path);
}

/** What only one of two runs kept, and nobody has explained. */
function differences(docker: readonly string[], embedded: readonly string[]): string[] {
  const [first, second] = [new Set(docker), new Set(embedded)];
  const only = [
    ...docker.filter((path) => !second.has(path)).map((path) => `only docker: ${path}`),
    ...embedded.filter((path) => !first.has(path)).map((path) => `only embedded: ${path}`),
  ];
  return only.filter((line) => !explained.some(({ path }) => path.test(line)));
}
