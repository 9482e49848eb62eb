import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { ensureFixtureImage, listFixtures, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, docker, inspectImage, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/archives:slim';

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
/** What these show comes on top of the trace, by rules that know no engine; saving and copying them takes minutes. */
const ofRules: ReadonlySet<string> = new Set(['apache-conf', 'node-lazy', 'postgres', 'python-lazy']);
const proved = expectations.filter(({ name, slimExitCode }) => slimExitCode === undefined && !ofRules.has(name));

describeOnEngine('fixtures, saved as archives', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
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

  /** The paths a run keeps, in order. */
  const keep = async (image: string, args: readonly string[], command: readonly string[]): Promise<string[]> => {
    const report = join(scratch.path, 'report.json');
    const words = command.length > 0 ? ['--', ...command] : [];
    const own = ['--report', report, '--timeout', '120'];
    const outcome = await slimtrace.run(['slim', image, ...own, ...args, ...words]);
    expect(outcome.exitCode, `${image}\n${outcome.stderr}\n${outcome.stdout}`).toBe(0);
    return (JSON.parse(await readFile(report, 'utf8')) as { kept: [string, unknown][] }).kept.map(([path]) => path);
  };

  for (const [index, { name, slim, extraChecks }] of proved.entries()) {
    // One tool each: what differs between them is how an archive is written, which the corpus of archives is about.
    const tool = index % 2 === 0 ? 'docker save' : 'skopeo';
    testWith(
      tool === 'skopeo' ? ['skopeo'] : [],
      `${name}: the embedded engine selects what Docker’s run selects, from ${tool}`,
      async () => {
        const image = await ensureFixtureImage(name);
        // All that can be checked in one run: what a single request happens to touch differs from run to run.
        const more = slim.args.includes('--exit')
          ? []
          : extraChecks.slice(0, (extraChecks.indexOf('--exit') + 1 || extraChecks.length + 1) - 1);
        const checks = [...slim.args, ...more];
        const onDocker = await keep(image, [...checks, '--tag', tag], slim.command);
        const archive = await (tool === 'skopeo' ? copyBySkopeo(image, name) : saveByDocker(image));
        const output = ['--output', join(scratch.path, 'slim.tar')];
        const embedded = await keep(archive, [...checks, ...output], slim.command);
        expect(differences(onDocker, embedded), tool).toEqual([]);
      },
      600_000,
    );
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
    // Compressing takes a minute for a large one: one of them is enough.
    await execa('skopeo', [...copy, ...(name === 'jq' ? [] : ['--dest-oci-accept-uncompressed-layers'])]);
    return copied;
  }
});

/** What only one of two runs kept, and nobody has explained. */
function differences(docker: readonly string[], embedded: readonly string[]): string[] {
  const [first, second] = [new Set(docker), new Set(embedded)];
  const only = [
    ...docker.filter((path) => !second.has(path)).map((path) => `only docker: ${path}`),
    ...embedded.filter((path) => !first.has(path)).map((path) => `only embedded: ${path}`),
  ];
  return only.filter((line) => !explained.some(({ path }) => path.test(line)));
}
