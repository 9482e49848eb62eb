import { SlimtraceError } from '../errors.js';
import type { CommandResult } from '../system/process.js';
import { DockerContainer } from './docker-container.js';
import type { ContainerState } from './engine.js';

/** What `podman start` exits with when it could not start the container (podman-start(1)). */
const startFailedExitCode = 125;

/** One container of a Podman engine. */
export class PodmanContainer extends DockerContainer {
  /** What Podman said when it was started: it isn't in the state of a container that never ran. */
  #startWords = '';
  #health: Promise<unknown> | undefined;
  #healthDueMs = 0;

  override async start(): Promise<void> {
    try {
      await super.start();
    } catch (error) {
      if (error instanceof SlimtraceError && error.cause instanceof Error) this.#startWords = error.cause.message;
      throw error;
    }
  }

  protected override async startAttached(
    options: Parameters<DockerContainer['startAttached']>[0],
  ): Promise<CommandResult> {
    const result = await super.startAttached(options);
    if (result.exitCode === startFailedExitCode) this.#startWords = result.stderr.trim();
    return result;
  }

  override async state(): Promise<ContainerState> {
    const state = await super.state();
    if (state.isRunning) return { ...state, health: this.#nextHealth(state.health) };
    // The application itself may have ended with that exit code; one that never ran has none.
    if (this.#startWords === '' || state.exitCode !== 0) return state;
    return { ...state, problem: this.#startWords, exitCode: exitCodeOf(this.#startWords) };
  }

  /**
   * Podman leaves the HEALTHCHECK's times to systemd, which need not be there, and takes no other interval than the
   * image's: it is run from here, whenever the state is asked for and it is due.
   */
  #nextHealth(health: ContainerState['health']): ContainerState['health'] {
    const { healthcheck } = this.spec;
    if (typeof healthcheck !== 'number') return healthcheck === 'none' ? 'none' : health;
    if (health !== 'none' && this.#health === undefined && performance.now() >= this.#healthDueMs) {
      this.#healthDueMs = performance.now() + healthcheck * 1000;
      const run = this.cli.try(['healthcheck', 'run', this.id]);
      // What came of it is in the container's state; an abort is told to whoever asks for that.
      this.#health = run
        .catch(() => {})
        .finally(() => {
          this.#health = undefined;
        });
    }
    return health;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#health;
  }
}

/** As Docker has it: 127 for what isn't there, 126 for what can't be executed (docker-run(1), Exit Status). */
function exitCodeOf(words: string): number {
  if (/no such file or directory|executable file not found|command that was not found/i.test(words)) return 127;
  return /permission denied|is a directory|exec format error/i.test(words) ? 126 : startFailedExitCode;
}
