import { setTimeout as sleep } from 'node:timers/promises';
import { describeThrown, SlimtraceError } from '../errors.js';
import { startDeadline } from '../system/deadline.js';
import type { Attempt } from './attempt.js';
import type { Check, CheckOutcome, CheckRun } from './check.js';
import { type EndWatch, watchEnd } from './end-watch.js';
import { choice } from './field.js';
import { runHttpCheck } from './http-check.js';
import { judgeExec, judgeExit } from './judge-output.js';
import { describePorts } from './learnt-ports.js';
import type { Subject } from './subject.js';

export interface RunChecksOptions {
  /** How long the container may take to become ready, and each check to pass. */
  readonly timeoutMs: number;
  /** Ports that the original was seen to listen on: each is tried after the checks. They may be learnt meanwhile. */
  readonly learntPorts?: readonly number[] | Promise<readonly number[]>;
  /** Those of them that the original is known to refuse: nobody waits for them to open. */
  readonly refusedPorts?: readonly number[];
  readonly signal: AbortSignal;
}

const firstPauseMs = 30;
const longestPauseMs = 400;
/** What is compared of a log, and what of it is shown. */
const comparedLogLines = 400;
const shownLogLines = 20;

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1000)} s`;
}

/**
 * Starts a container and makes all checks against it, in order. Readiness is waited for: a check is attempted until it
 * passes, its answer can't change any more, the container ends, or the time is up.
 */
export async function runChecks(
  subject: Subject,
  checks: readonly Check[],
  options: RunChecksOptions,
): Promise<CheckRun> {
  try {
    const [first] = checks;
    return first?.kind === 'exit'
      ? await runToExit(subject, first, options)
      : await runStarted(subject, checks, options);
  } catch (error) {
    if (!(error instanceof SlimtraceError && error.code === 'engine-command')) throw error;
    const { problem } = await subject.state();
    // The engine is well, and can't start this image: an answer about the image (a missing entrypoint, an unknown user).
    if (problem === '') throw error;
    const outcomes = checks.map((check) => ({
      check,
      passed: false,
      problem: `it can't be started: ${problem}`,
      fields: {},
      durationMs: 0,
    }));
    return { outcomes, fields: {}, readyMs: undefined, lastLogLines: [], startFailure: error };
  }
}

async function runStarted(subject: Subject, checks: readonly Check[], options: RunChecksOptions): Promise<CheckRun> {
  await subject.start();
  using ended = watchEnd(subject, options.signal);
  const isDefault = checks.every((check) => check.kind === 'healthcheck' || (check.kind === 'http' && check.isDefault));
  const outcomes = isDefault
    ? await runDefaults(subject, checks, ended, options)
    : await runInOrder(subject, checks, ended, options);
  const logLines = await subject.lastLogLines(comparedLogLines);
  const ports = await describePorts(subject, (await options.learntPorts) ?? [], {
    ended: ended.signal,
    signal: options.signal,
    ...(options.refusedPorts === undefined ? {} : { refused: options.refusedPorts }),
  });
  return {
    outcomes,
    fields: { log: { kind: 'log', lines: logLines }, ...ports },
    readyMs: isDefault ? firstOf(outcomes) : firstInOrder(outcomes),
    lastLogLines: logLines.slice(-shownLogLines),
  };
}

/** Of checks made at the same time. */
function firstOf(outcomes: readonly CheckOutcome[]): number | undefined {
  const passed = outcomes.filter((outcome) => outcome.passed);
  return passed.length === 0 ? undefined : Math.min(...passed.map(({ durationMs }) => durationMs));
}

function firstInOrder(outcomes: readonly CheckOutcome[]): number | undefined {
  const first = outcomes.findIndex(({ passed }) => passed);
  return first === -1 ? undefined : outcomes.slice(0, first + 1).reduce((sum, { durationMs }) => sum + durationMs, 0);
}

async function runInOrder(subject: Subject, checks: readonly Check[], ended: EndWatch, options: RunChecksOptions) {
  const outcomes: CheckOutcome[] = [];
  for (const check of checks)
    outcomes.push(await runCheck(subject, check, ended, { endMs: performance.now() + options.timeoutMs }, options));
  return outcomes;
}

/** Once one of the checks that we chose has passed, other ports have this long: an exposed one need not be in use. */
const laggardMs = 5000;

/**
 * Makes the checks that nobody asked for at the same time, since some of them may wait for what never comes. The
 * HEALTHCHECK keeps all of its time: the image declares it, and an application may be healthy long after it listens.
 */
async function runDefaults(subject: Subject, checks: readonly Check[], ended: EndWatch, options: RunChecksOptions) {
  const endMs = performance.now() + options.timeoutMs;
  const ports: TimeLeft = { endMs };
  return await Promise.all(
    checks.map(async (check) => {
      const outcome = await runCheck(subject, check, ended, check.kind === 'healthcheck' ? { endMs } : ports, options);
      if (outcome.passed) ports.endMs = Math.min(ports.endMs, performance.now() + laggardMs);
      return outcome;
    }),
  );
}

/** When a check has to be over, by performance.now(); may come nearer while it waits. */
interface TimeLeft {
  endMs: number;
}

async function runToExit(
  subject: Subject,
  check: Check & { kind: 'exit' },
  options: RunChecksOptions,
): Promise<CheckRun> {
  const startedMs = performance.now();
  const output = await subject.runToEnd(options);
  const durationMs = performance.now() - startedMs;
  const attempted = judgeExit(check.exitCode, output, options.timeoutMs);
  return {
    outcomes: [{ check, durationMs, ...attempted }],
    // All that it printed is compared as the check's own fields.
    fields: {},
    readyMs: attempted.passed ? durationMs : undefined,
    lastLogLines: await subject.lastLogLines(shownLogLines),
  };
}

async function runCheck(
  subject: Subject,
  check: Check,
  ended: EndWatch,
  time: TimeLeft,
  options: RunChecksOptions,
): Promise<CheckOutcome> {
  const startedMs = performance.now();
  const finish = (attempt: Attempt): CheckOutcome => ({
    check,
    passed: attempt.passed,
    ...(attempt.problem === undefined ? {} : { problem: attempt.problem }),
    fields: attempt.fields,
    durationMs: performance.now() - startedMs,
  });
  let last: Attempt = { passed: false, problem: 'no answer', fields: {} };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    if (ended.exitCode !== undefined)
      return finish({ passed: false, problem: `the container ended with exit code ${ended.exitCode}`, fields: {} });
    if (ended.failure !== undefined) throw ended.failure;
    const remainingMs = time.endMs - performance.now();
    if (remainingMs <= 0)
      return finish({
        ...last,
        problem: `${last.problem ?? 'no answer'}, still after ${seconds(performance.now() - startedMs)}`,
      });
    const latest = await attempt(subject, check, ended.signal, remainingMs);
    options.signal.throwIfAborted();
    // That the time was up says less than what was wrong until then.
    if (latest !== 'out-of-time') last = latest;
    if (last.passed || last.isFinal) return finish(last);
    await sleep(pauseMs, undefined, { signal: ended.signal }).catch(() => options.signal.throwIfAborted());
  }
}

async function attempt(
  subject: Subject,
  check: Check,
  signal: AbortSignal,
  remainingMs: number,
): Promise<Attempt | 'out-of-time'> {
  using outOfTime = startDeadline(remainingMs, signal);
  try {
    return await attemptOf(subject, check, outOfTime.signal, remainingMs);
  } catch (error) {
    // What is wrong with the engine or the trace doesn't get better by trying again.
    if (error instanceof SlimtraceError && error.code !== 'engine-command') throw error;
    if (outOfTime.hasPassed && !signal.aborted) return 'out-of-time';
    return { passed: false, problem: describeThrown(error), fields: {} };
  }
}

async function attemptOf(subject: Subject, check: Check, signal: AbortSignal, remainingMs: number): Promise<Attempt> {
  switch (check.kind) {
    case 'http':
      return await runHttpCheck(check, subject, signal);
    case 'tcp': {
      (await subject.connect(check.port, signal)).destroy();
      return { passed: true, fields: { connection: choice('accepted') } };
    }
    case 'exec':
      return judgeExec(await subject.exec(check.command, { timeoutMs: Math.ceil(remainingMs) }));
    case 'healthcheck': {
      const health = await subject.health();
      const fields = { health: choice(health) };
      return health === 'healthy'
        ? { passed: true, fields }
        : { passed: false, problem: `the image's HEALTHCHECK says ${health}`, fields };
    }
    case 'exit':
      throw new Error('an exit check is made by running the container to its end');
  }
}
