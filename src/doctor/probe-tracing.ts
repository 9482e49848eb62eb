import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentFile } from '../agent/agent-file.js';
import { traceImage } from '../agent/trace-image.js';
import { placeFile } from '../build/debug/busybox-files.js';
import { nothingToRead } from '../build/debug/tools-image.js';
import { writeLayer } from '../build/write-layer.js';
import { pendingImageName } from '../engine/pending-image.js';
import { plainRun } from '../engine/plain-run.js';
import { SlimtraceError } from '../errors.js';
import { writeImage } from '../image/archive/write-image.js';
import { asImagePath } from '../image/path.js';
import type { SlimContext } from '../observe-image.js';
import { openTempDir } from '../system/temp-dir.js';
import { LoadedCandidate } from '../try-candidate.js';

/** The only program there is for every engine without pulling an image: it is static, and prints its version. */
const program = asImagePath('/slimtrace-agent');

const timeoutMs = 60_000;

/**
 * Runs a container of a tiny image of our own under the trace, as slimming would, and looks whether what it did was seen:
 * whatever stands in the way of that on this engine is met. Throws what failed; nothing is left either way.
 */
export async function probeTracing({ engine, session, signal }: Omit<SlimContext, 'emit'>): Promise<void> {
  const { architecture } = await engine.probe();
  await using work = await openTempDir();
  const path = join(work.path, 'probe.tar');
  const name = pendingImageName(session, 'doctor');
  const created = '1970-01-01T00:00:00Z';
  const config = { os: 'linux', architecture, created, config: { Cmd: [program, 'version'] }, history: [] };
  const files = [placeFile(program, await readFile(agentFile(architecture)), 0o755)];
  await writeImage({ transport: 'file', path }, name, config, [writeLayer({ files, whiteouts: [] }, nothingToRead)]);
  await using loaded = await LoadedCandidate.load(engine, path, name);
  const { trace, run } = await traceImage(engine, loaded.image, {
    run: plainRun,
    checks: [{ kind: 'exit', exitCode: 0 }],
    hasHome: false,
    stopGraceSeconds: 1,
    timeoutMs,
    signal,
  });
  const problem = run.outcomes.find(({ passed }) => !passed)?.problem;
  if (problem !== undefined) throw new SlimtraceError('cannot-trace', { reason: `under the trace, ${problem}` });
  if (!trace.paths.some((touched) => touched.path === program && touched.accesses.includes('exec')))
    throw new SlimtraceError('trace-incomplete', { reason: 'it did not see the program that ran' });
}
