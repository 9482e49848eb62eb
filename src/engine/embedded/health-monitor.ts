import { setTimeout as sleep } from 'node:timers/promises';
import type { Healthcheck } from '../../image/image.js';
import type { ContainerState, Output } from '../engine.js';

/** Docker's defaults (docker-run(1), --health-interval and so on). */
const defaultIntervalMs = 30_000;
const defaultTimeoutMs = 30_000;
const defaultRetries = 3;
const nanosecondsPerMs = 1_000_000;

export interface HealthMonitorOptions {
  readonly healthcheck: Healthcheck;
  /** Instead of the image's own. */
  readonly intervalMs: number | undefined;
  readonly run: (timeoutMs: number) => Promise<Pick<Output, 'exitCode' | 'hasTimedOut'>>;
  /** Aborts when the container ends. */
  readonly signal: AbortSignal;
}

/** Runs an image's HEALTHCHECK as Docker does, until the container ends: after an interval, again and again. */
export class HealthMonitor {
  #status: ContainerState['health'] = 'starting';

  constructor(options: HealthMonitorOptions) {
    void this.#watch(options).catch((error: unknown) => {
      if (!options.signal.aborted) throw error;
    });
  }

  get status(): ContainerState['health'] {
    return this.#status;
  }

  async #watch({ healthcheck, intervalMs, run, signal }: HealthMonitorOptions): Promise<void> {
    const pauseMs = intervalMs ?? milliseconds(healthcheck.Interval, defaultIntervalMs);
    const timeoutMs = milliseconds(healthcheck.Timeout, defaultTimeoutMs);
    const retries = healthcheck.Retries || defaultRetries;
    const graceEndMs = performance.now() + milliseconds(healthcheck.StartPeriod, 0);
    for (let failures = 0; ; ) {
      await sleep(pauseMs, undefined, { signal });
      const { exitCode, hasTimedOut } = await run(timeoutMs);
      if (exitCode === 0 && !hasTimedOut) {
        failures = 0;
        this.#status = 'healthy';
        continue;
      }
      // What fails while it is given time to start doesn't count (docker image spec v1.2, StartPeriod).
      if (this.#status === 'starting' && performance.now() < graceEndMs) continue;
      failures++;
      if (failures >= retries) this.#status = 'unhealthy';
    }
  }
}

function milliseconds(nanoseconds: number | undefined, fallback: number): number {
  return nanoseconds ? nanoseconds / nanosecondsPerMs : fallback;
}
