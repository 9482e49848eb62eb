import { agentFile } from '../agent/agent-file.js';
import { openDocker } from '../engine/docker.js';
import type { Emit } from '../events.js';
import type { SlimContext } from '../observe-image.js';
import { startSession } from '../system/session.js';
import { sweepTempDirs } from '../system/temp-dir.js';
import type { CommandContext } from './command-context.js';

/** What the stories need: an engine, a session that names what is created on it, progress, and Ctrl-C's signal. */
export async function openContext({ signal }: CommandContext, emit: Emit): Promise<SlimContext> {
  await sweepTempDirs();
  const session = startSession();
  return { engine: openDocker({ session, signal, relayFile: agentFile }), session, emit, signal };
}
