import type { Container, ContainerSpec, ContainerState, Engine, RunOptions } from '../engine/engine.js';
import { healthCommand } from '../image/health-command.js';
import type { Check, CheckRun } from './check.js';
import { type RunChecksOptions, runChecks } from './run-checks.js';
import { plainSubject, type Subject } from './subject.js';

/** Seconds between the HEALTHCHECK's runs while we wait for it; the image's own interval is made for production. */
const healthIntervalSeconds = 0.2;

/** Docker's own default for a HEALTHCHECK's command. */
const healthTimeoutMs = 30_000;

/** Makes the checks against a fresh container of an image, run as a user would run it: no tracer, nothing added. */
export async function runPlain(
  engine: Engine,
  image: string,
  run: RunOptions,
  options: RunChecksOptions & {
    readonly checks: readonly Check[];
    /** With a read-only root, no capabilities and no new privileges. */
    readonly isHardened?: boolean;
    /** As for `docker run --security-opt`. */
    readonly securityOptions?: readonly string[];
  },
): Promise<CheckRun> {
  const health = options.checks.find((check) => check.kind === 'healthcheck');
  const isImagesOwn = health !== undefined && (await hasHealthcheck(engine, image, health.command));
  const { isHardened = false, securityOptions = [] } = options;
  const healthcheck = isImagesOwn ? healthIntervalSeconds : 'none';
  const spec: ContainerSpec = { ...run, image, healthcheck, isHardened, securityOptions };
  await using container = await engine.createContainer(spec);
  const subject =
    health === undefined || isImagesOwn ? plainSubject(container) : askedSubject(container, health.command);
  return await runChecks(subject, options.checks, options);
}

/** False for the original of an image whose HEALTHCHECK is another one. */
async function hasHealthcheck(engine: Engine, image: string, command: readonly string[]): Promise<boolean> {
  const own = healthCommand((await engine.inspectImage(image)).config);
  return own?.length === command.length && own.every((word, index) => word === command[index]);
}

/** A HEALTHCHECK that the image doesn't have is executed in the container, as an engine would. */
function askedSubject(container: Container, command: readonly string[]): Subject {
  const health = async (): Promise<ContainerState['health']> => {
    const { exitCode } = await container.exec(command, { timeoutMs: healthTimeoutMs });
    return exitCode === 0 ? 'healthy' : 'starting';
  };
  return { ...plainSubject(container), health };
}
