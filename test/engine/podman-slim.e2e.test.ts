import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnEngine } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, leftOnPodman, podman } from '../support/run-podman.ts';
import { openSlimtrace, parseReport, type Slimtrace } from '../support/run-slimtrace.ts';
import { contractArchive, contractConfig } from './contract-images.ts';

const tag = 'slimtrace-test/on-podman:slim';

// Docker makes the image.
describeOnEngine('slimming with podman', () => {
  describeOnPodman('as root, on this machine', () => {
    let slimtrace: Slimtrace;
    let configuration: AsyncDisposable;
    beforeAll(async () => {
      configuration = await configurePodman();
      slimtrace = await openSlimtrace();
      await podman(['load', '--quiet', '--input', await contractArchive('contract')]);
    });
    afterAll(async () => {
      await podman(['image', 'rm', '--force', tag]);
      await slimtrace[Symbol.asyncDispose]();
      await configuration[Symbol.asyncDispose]();
    });

    test('an image is slimmed and proved there, keeps its HEALTHCHECK, and nothing is left', async () => {
      const args = ['slim', 'slimtrace-fixture/contract', '--engine', 'podman', '--tag', tag, '--json', '--exit'];
      const run = slimtrace.start(args, { leavesEngineAlone: true });
      const outcome = await run.ended;
      expect(outcome.exitCode, outcome.stderr).toBe(0);
      expect(outcome.stderr).toMatch(/^engine: podman /m);
      const { passed, original, slim } = parseReport(outcome);
      expect(passed).toBe(true);
      expect(slim.sizeBytes).toBeLessThan(original.sizeBytes);
      const [inspected] = JSON.parse(await podman(['image', 'inspect', tag]));
      expect(inspected.Healthcheck).toEqual(contractConfig.Healthcheck);
      expect(await leftOnPodman(run.pid)).toEqual([]);
    });
  });
});
