import { type EngineExamination, type EngineToExamine, examineEngine } from './doctor/examine-engine.js';
import { examineMachine } from './doctor/examine-machine.js';
import type { Finding } from './doctor/finding.js';
import type { Emit } from './events.js';

/** What was found about a machine and its engines. */
export interface Examination {
  /** At least one engine can trace containers: something can be slimmed here. */
  readonly canSlim: boolean;
  readonly engines: readonly EngineExamination[];
  readonly machine: readonly Finding[];
}

export interface DoctorOptions {
  readonly engines: readonly EngineToExamine[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
}

/** Looks at each engine, one after the other, and at the machine; what fails is in the result. */
export async function examineHost({ engines, env, emit }: DoctorOptions): Promise<Examination> {
  const examined: EngineExamination[] = [];
  for (const engine of engines) {
    emit({ kind: 'note', message: `looking at ${engine.kind}` });
    examined.push(await examineEngine(engine));
  }
  return { canSlim: examined.some(({ canTrace }) => canTrace), engines: examined, machine: await examineMachine(env) };
}
