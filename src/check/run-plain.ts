import type { ContainerSpec, Engine, RunOptions } from '../engine/engine.js';
import type { Check, CheckRun } from './check.js';
import { type RunChecksOptions, runChecks } from './run-checks.js';
import { plainSubject } from './subject.js';

/** Seconds between the HEALTHCHECK's runs while we wait for it; the image's own interval is made for production. */
const healthIntervalSeconds = 0.2;

/** Makes the checks against a fresh container of an image, run as a user would run it: no tracer, nothing added. */
export async function runPlain(
  engine: Engine,
  image: string,
  run: RunOptions,
  options: RunChecksOptions & {
    readonly checks: readonly Check[];
    /** With a read-only root, no capabilities and no new privileges. */
    readonly isHardened?: boolean;
  },
): Promise<CheckRun> {
  const hasHealthcheck = options.checks.some(({ kind }) => kind === 'healthcheck');
  const { isHardened = false } = options;
  const healthcheck = hasHealthcheck ? healthIntervalSeconds : 'none';
  const spec: ContainerSpec = { ...run, image, healthcheck, isHardened };
  await using container = await engine.createContainer(spec);
  return await runChecks(plainSubject(container), options.checks, options);
}
