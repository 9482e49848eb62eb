import type { EngineToExamine } from '../../doctor/examine-engine.js';
import { examineHost } from '../../doctor.js';
import { type DoctorReport, renderDoctorReport } from '../../report/doctor-human.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { EngineFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { printResult } from '../print-result.js';
import { openProgress } from '../progress.js';
import { version } from '../version.js';

/** An engine is opened for an image, and here for none in particular. */
const anyName = 'any';

/** `slimtrace doctor`. */
export async function runDoctor(
  flags: Pick<EngineFlags, 'verbose'> & { readonly json?: true; readonly quiet?: true },
  context: CommandContext,
): Promise<void> {
  using progress = openProgress(context.host, flags.quiet === true);
  const ignore = () => {};
  await using docker = await openContext(context, ignore, { ...flags, engine: 'docker' });
  await using podman = await openContext(context, ignore, { ...flags, engine: 'podman' });
  await using embedded = await openContext(context, ignore, { ...flags, engine: 'embedded' });
  const contexts = { docker, podman, embedded };
  const engines = (['docker', 'podman', 'embedded'] as const).map((kind): EngineToExamine => {
    const { session, signal, engineOf } = contexts[kind];
    return { kind, session, signal, open: () => engineOf(anyName) };
  });
  const examination = await examineHost({ engines, env: context.host.env, emit: progress.emit });
  const report: DoctorReport = { schemaVersion: 1, kind: 'doctor', slimtraceVersion: version, ...examination };
  printResult(report, renderDoctorReport, flags, context);
  context.exitWith(report.canSlim ? exitCodes.good : exitCodes.environment);
}
