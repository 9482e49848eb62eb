import type { ContainerSpec, Engine } from '../engine/engine.js';
import { type CheckRun, renderCheck } from './check.js';
import { type CheckVerdict, compareRuns } from './compare-runs.js';
import type { Difference } from './difference.js';
import type { Field } from './field.js';
import { type ProofOptions, withEvidence } from './prove.js';
import { refusalsOf } from './refusals.js';
import { runPlain } from './run-plain.js';

/** Whether an image runs with a read-only root, no capabilities and no new privileges. */
export interface HardenedVerdict {
  readonly runs: boolean;
  /** Why it doesn't, in words a person can act on: the checks that fail, and what was refused. */
  readonly because: readonly string[];
}

/** What a container is run under. */
type Conditions = Pick<ContainerSpec, 'isHardened' | 'securityOptions'>;

/**
 * Runs the slim image hardened, as the engine does for `isHardened`, and compares what the same checks are answered with
 * `originals`. The image is one that was proved; the originals of its {@link Proof} know most of what varies.
 */
export async function proveHardened(
  engine: Engine,
  slimId: string,
  originals: readonly CheckRun[],
  options: ProofOptions,
): Promise<HardenedVerdict> {
  return await proveUnder(engine, slimId, originals, { ...options, conditions: { isHardened: true } });
}

/** The same under other conditions than the image was proved under: a seccomp profile, say. */
export async function proveUnder(
  engine: Engine,
  slimId: string,
  originals: readonly CheckRun[],
  { conditions, ...options }: ProofOptions & { readonly conditions: Conditions },
): Promise<HardenedVerdict> {
  const { proving, keep } = withEvidence(originals, options);
  const runSlim = (isUnder: boolean) =>
    runPlain(engine, slimId, options.run, { ...proving, ...(isUnder ? conditions : {}) });
  const kept = originals.map(keep);
  const compared = (runs: readonly CheckRun[], run: CheckRun) => ({ run, verdict: compareRuns(runs, run) });
  const first = compared(kept, await runSlim(true));
  const hasFailed = first.verdict.checks.some(({ problem }) => problem !== undefined);
  // A difference alone may be what was alike by luck: the proved image, as it is, shows what varies as the original does.
  const { run, verdict } =
    first.verdict.passed || hasFailed ? first : compared([...kept, await runSlim(false)], await runSlim(true));
  if (verdict.passed) return { runs: true, because: [] };
  const differing = describeChecks(verdict.checks.filter(({ kind }) => kind === 'different'));
  // A container that ended, or never got so far, has no ports either.
  const lost = verdict.container.differences.filter(({ field }) => field !== 'log' && differing.length === 0);
  const ports = lost.map(({ field, slim = 'is not tried' }) => `${field} ${slim}`);
  const refused = refusalsOf(printedBy(run), originals.flatMap(printedBy));
  const because = [...differing.slice(0, 1), ...refused, ...differing.slice(1), ...ports];
  // A new error in the log that names no refusal, and nothing else: the line itself.
  const lines = verdict.container.differences.flatMap(({ slim = '' }) => `its log says: ${slim}`);
  return { runs: false, because: because.length > 0 ? because : lines.slice(0, mostLines) };
}

const mostLines = 3;
const longestShown = 120;

/** The first check of each problem: when the container has ended, all that follow fail alike. */
function describeChecks(failed: readonly CheckVerdict[]): string[] {
  const isFirst = ({ problem }: CheckVerdict, index: number) =>
    problem === undefined || failed.findIndex((other) => other.problem === problem) === index;
  return failed.filter(isFirst).map(describeCheck);
}

function describeCheck({ check, problem, differences }: CheckVerdict): string {
  const [first] = differences;
  const what = problem ?? (first === undefined ? 'it fails' : describeDifference(first));
  return `${renderCheck(check)}: ${what}`;
}

function describeDifference({ field, original, slim }: Difference): string {
  return `${field} is ${quote(slim)} instead of ${quote(original)}`;
}

function quote(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

/** Everything a run printed that is known: the log, and the output of its checks. */
function printedBy({ fields, outcomes, lastLogLines }: CheckRun): string[] {
  const linesOf = (field: Field) => (field.kind === 'log' || field.kind === 'lines' ? field.lines : []);
  const printed = [fields, ...outcomes.map((outcome) => outcome.fields)].flatMap((each) => Object.values(each));
  return [
    ...printed.flatMap(linesOf),
    ...lastLogLines,
    ...outcomes.flatMap(({ problem }) => problem?.split('\n') ?? []),
  ];
}
