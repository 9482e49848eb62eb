import { formatAmount } from './amount.js';
import { renderCheck } from './check/check.js';
import { requireFreePorts } from './check/host-ports.js';
import { type CheckPlan, type CheckRequests, planChecks } from './check/plan-checks.js';
import { containerCommand } from './engine/container-command.js';
import type { Engine, EngineImage, RunOptions } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import type { Emit } from './events.js';
import type { ImageConfig } from './image/image.js';

/** One way an image is used: how it is run, and what shows that it works. */
export interface Scenario {
  /** Unique among the scenarios of a run. */
  readonly name: string;
  readonly run: RunOptions;
  readonly checks: CheckRequests;
}

/** A scenario whose checks are decided. */
export interface PlannedScenario {
  readonly name: string;
  readonly run: RunOptions;
  readonly plan: CheckPlan;
}

interface PlanContext {
  readonly engine: Engine;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Decides what is checked in each scenario, and tells it. Throws `usage` when one can't be checked. */
export async function planScenarios(
  scenarios: readonly Scenario[],
  source: EngineImage,
  context: PlanContext,
): Promise<readonly PlannedScenario[]> {
  const planned: PlannedScenario[] = [];
  for (const { name, run, checks } of scenarios) {
    const where = scenarios.length === 1 ? '' : `scenario ${name}: `;
    requireCommand(run, source.config, where);
    const plan = planChecks(checks, source.config);
    const chosen = plan.isDefault
      ? 'checks chosen from the image (name your own with --http, --exec, --tcp or --exit)'
      : 'checks';
    context.emit({ kind: 'note', message: `${where}${chosen}: ${plan.checks.map(renderCheck).join(', ')}` });
    // Other engines' machines may not be this one.
    if (run.network === 'host' && context.engine.kind === 'embedded')
      await requireFreePorts(plan.checks, context.signal);
    planned.push({ name, run, plan });
  }
  return planned;
}

/** Throws `usage` when there is nothing to run. */
export function requireCommand(run: RunOptions, config: ImageConfig, where = ''): void {
  if (containerCommand(run, config).length > 0) return;
  throw new SlimtraceError('usage', {
    problem: `${where}the image has no command to run`,
    hint: 'give one after --, as for docker run',
  });
}

/** Containers that share a network or a volume of the user's would meet each other there. */
export function sharesNothing(scenarios: readonly { readonly run: RunOptions }[]): boolean {
  return scenarios.every(
    ({ run: { volumes, network } }) =>
      volumes.length === 0 && (network === undefined || network === 'none' || network === 'bridge'),
  );
}

/** `6 checks`, or `2 scenarios, 8 checks`. */
export function countChecks(scenarios: readonly PlannedScenario[]): string {
  const count = scenarios.reduce((sum, { plan }) => sum + plan.checks.length, 0);
  const checks = formatAmount(count, 'check');
  return scenarios.length === 1 ? checks : `${scenarios.length} scenarios, ${checks}`;
}
