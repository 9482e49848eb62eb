import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeExtraChecks } from '../support/extra-checks.ts';
import {
  ensureFixtureImage,
  type FixtureExpectation,
  listFixtures,
  readExpectation,
} from '../support/fixture-images.ts';
import { nonrootVariants } from '../support/nonroot-variants.ts';
import { owningPackages, recordedPackages } from '../support/recorded-packages.ts';
import {
  describeOnEngine,
  docker,
  inspectImage,
  pathsInLayers,
  removeImages,
  type TestContainer,
} from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type SlimReportJson, type Slimtrace } from '../support/run-slimtrace.ts';
import { expectValidSbom, systemPackagesOf } from '../support/validate-sbom.ts';

const names = await listFixtures();
const expectations = new Map(
  await Promise.all(names.map(async (name) => [name, await readExpectation(name)] as const)),
);
const slimmable = names.filter((name) => (expectations.get(name)?.slimExitCode ?? 0) === 0);

const tagOf = (name: string) => `slimtrace-test/fixtures-${name}:slim`;

describeOnEngine('every fixture', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    await removeImages(...names.map(tagOf));
    await slimtrace[Symbol.asyncDispose]();
  });

  const sbomOf = (name: string) => join(slimtrace.stateDirectory, '..', `${name}.cdx.json`);
  const slim = async (name: string, { args, command }: FixtureExpectation['slim']) => {
    const options = ['--tag', tagOf(name), '--timeout', '180', '--json', '--sbom', sbomOf(name), ...args];
    const words = command.length > 0 ? ['--', ...command] : [];
    const outcome = await slimtrace.run(['slim', await ensureFixtureImage(name), ...options, ...words]);
    expect(outcome.exitCode, `${outcome.stderr}\n${outcome.stdout}`).toBe(0);
    return parseReport(outcome);
  };

  test.each(slimmable)('%s becomes a small image that works, and holds what it should and no more', async (name) => {
    const expectation = expectationOf(name);
    const original = await ensureFixtureImage(name);
    const report = await slim(name, expectation.slim);
    expect(report.checks.filter(({ result }) => result !== 'same')).toEqual([]);
    expect(report.slim.reference).toBe(tagOf(name));
    expectNoLargerThanPeer(report, expectation);
    expect((await inspectImage(tagOf(name))).Id, 'the tag names the image of the report').toBe(report.slim.id);

    const paths = await expectPaths(tagOf(name), expectation);
    const recorded = await recordedPackages(tagOf(name));
    expect(recorded, 'recorded').toEqual(await owningPackages(original, paths));
    const sbom = readFileSync(sbomOf(name), 'utf8');
    await expectValidSbom(sbom);
    expect(systemPackagesOf(sbom), 'in the SBOM').toEqual(recorded);
    await expectPosture(name, report);
    const answers = await makeExtraChecks(original, tagOf(name), expectation, async (before, after) => {
      expect(await firstProcessIdentity(after), 'user and groups of PID 1').toBe(await firstProcessIdentity(before));
    });
    expect(answers.length, 'checks that the trace did not see').toBeGreaterThanOrEqual(3);
    expect(answers.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  test.each(names.filter((name) => !slimmable.includes(name)))('%s gives no evidence, and no image', async (name) => {
    const expectation = expectationOf(name);
    const image = await ensureFixtureImage(name);
    const args = ['slim', image, '--tag', tagOf(name), '--timeout', '8', ...expectation.slim.args];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr).toBe(expectation.slimExitCode);
    expect(outcome.stderr).toContain('error: no check passed on the original image');
    await expect(inspectImage(tagOf(name))).rejects.toThrow(/no such image/i);
  });
});

function expectationOf(name: string): FixtureExpectation {
  const expectation = expectations.get(name);
  if (expectation === undefined) throw new Error(`no fixture ${name}`);
  return expectation;
}

function expectNoLargerThanPeer(report: SlimReportJson, { peerSizeBytes }: FixtureExpectation): void {
  // Peers' figures are known to a tenth of a megabyte.
  const figure = (bytes: number) => Math.round(bytes / 1e5) / 10;
  if (peerSizeBytes !== null) expect(figure(report.slim.sizeBytes)).toBeLessThanOrEqual(figure(peerSizeBytes));
}

/** A server that starts as somebody else needs no rights at all; of the others there are variants that don't. */
async function expectPosture(name: string, { hardened, posture }: SlimReportJson): Promise<void> {
  const { User: user, ExposedPorts: ports } = (await inspectImage(tagOf(name))).Config;
  if (user !== '' && ports !== undefined && nonrootVariants[name] === undefined)
    expect(hardened, 'on a read-only root without any capability').toEqual({ runs: true, because: [] });
  const found = posture.secrets.filter(({ place }) => !place.startsWith('/etc/fixture-tls/server.'));
  expect(found, 'secrets that are none').toEqual([]);
  expect(posture.worldWritable.slim.length).toBeLessThanOrEqual(posture.worldWritable.original);
}

async function expectPaths(image: string, { mustKeep, mustNotKeep }: FixtureExpectation): Promise<ReadonlySet<string>> {
  const paths = await pathsInLayers(image);
  expect(
    mustKeep.filter((path) => !paths.has(path)),
    'missing from the slim image',
  ).toEqual([]);
  const unwanted = [...mustNotKeep, '/.slimtrace', '/.dockerenv', '/slimtrace-agent'];
  const kept = [...paths].filter((path) => unwanted.some((not) => path === not || path.startsWith(`${not}/`)));
  expect(kept, 'in the slim image, and should not be').toEqual([]);
  return paths;
}

/** The kernel's word on who PID 1 is, where the engine's processes are this machine's (proc(5)). */
async function firstProcessIdentity({ id }: TestContainer): Promise<string> {
  const pid = await docker(['inspect', '--format', '{{.State.Pid}}', id]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return status.match(/^(?:Uid|Gid|Groups|CapEff|NoNewPrivs):.*$/gm)?.join('\n') ?? '';
}
