import { readFile } from 'node:fs/promises';
import type { Engine } from '../../engine/engine.js';
import { runCommand } from '../../system/process.js';

/** A profile in the kernel. Leaving its scope takes it out again. */
export interface LoadedApparmor extends AsyncDisposable {
  readonly kind: 'loaded';
}

/** Why there is none: a clause. */
export interface NoApparmor {
  readonly kind: 'none';
  readonly because: string;
}

const parserTimeoutMs = 300_000;

/**
 * Loads a profile into the kernel where that is possible: it has AppArmor (kernel parameter `enabled`), we are root, and the
 * engine's containers run on it.
 */
export async function loadApparmor(
  file: string,
  engine: Engine,
  signal: AbortSignal,
): Promise<LoadedApparmor | NoApparmor> {
  const obstacle = await findObstacle(engine);
  if (obstacle !== undefined) return { kind: 'none', because: obstacle };
  const parse = (action: string) =>
    runCommand('apparmor_parser', [action, file], { signal, timeoutMs: parserTimeoutMs });
  const loaded = await parse('--replace');
  if (loaded.isMissing) return { kind: 'none', because: 'apparmor_parser is not installed' };
  if (loaded.exitCode !== 0)
    return { kind: 'none', because: `apparmor_parser could not load it: ${loaded.stderr.trim().slice(0, 300)}` };
  return {
    kind: 'loaded',
    async [Symbol.asyncDispose]() {
      // Without the signal: what was loaded goes, whatever ended the work.
      await runCommand('apparmor_parser', ['--remove', file], { timeoutMs: parserTimeoutMs });
    },
  };
}

async function findObstacle(engine: Engine): Promise<string | undefined> {
  const enabled = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N');
  if (enabled.trim() !== 'Y') return 'this kernel has no AppArmor';
  if (engine.kind === 'embedded') return 'the embedded engine applies no AppArmor profile';
  if (process.env.DOCKER_HOST !== undefined || process.env.CONTAINER_HOST !== undefined)
    return 'the engine may be on another machine';
  return process.getuid?.() === 0 ? undefined : 'only root may load it';
}
