import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from '../engine/engine.js';
import { describeThrown, SlimtraceError } from '../errors.js';
import { startDeadline } from '../system/deadline.js';
import type { Attempt } from './attempt.js';
import type { Check, CheckOutcome, CheckRun } from './check.js';
import { describeOutput } from './describe-output.js';
import { runHttpCheck } from './http-check.js';
import type { Subject } from './subject.js';

export interface RunChecksOptions {
  /** How long the container may take to become ready, and each check to pass. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const firstPauseMs = 30;
const longestPauseMs = 400;
const logLineCount = 20;
const tooMuchOutput = 'it printed more than can be compared (32 MiB)';

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
    return { outcomes, lastLogLines: [], startFailure: error };
  }
}

async function runStarted(subject: Subject, checks: readonly Check[], options: RunChecksOptions): Promise<CheckRun> {
  await subject.start();
  using ended = watchEnd(subject, options.signal);
  const isDefault = checks.every((check) => check.kind === 'healthcheck' || (check.kind === 'http' && check.isDefault));
  const outcomes = isDefault
    ? await runDefaults(subject, checks, ended, options)
    : await runInOrder(subject, checks, ended, options);
  return { outcomes, lastLogLines: await subject.lastLogLines(logLineCount) };
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
  const outcome = {
    check,
    durationMs: performance.now() - startedMs,
    ...judgeExit(check.exitCode, output, options.timeoutMs),
  };
  return { outcomes: [outcome], lastLogLines: await subject.lastLogLines(logLineCount) };
}

function judgeExit(expected: number, output: Output | 'timeout', timeoutMs: number) {
  if (output === 'timeout') return { passed: false, problem: `still running after ${timeoutMs / 1000} s`, fields: {} };
  if (output.isTruncated) return { passed: false, problem: tooMuchOutput, fields: {} };
  const fields = { 'exit code': String(output.exitCode), ...describeOutput('stdout', output.stdout) };
  if (output.exitCode === expected) return { passed: true, fields };
  return { passed: false, problem: `exit code ${output.exitCode} instead of ${expected}`, fields };
}

interface EndWatch extends Disposable {
  /** The exit code, once the container has ended. */
  readonly exitCode: number | undefined;
  /** Why it can no longer be watched: the engine is gone. */
  readonly failure: unknown;
  /** Aborts when the container ends or can no longer be watched, or with the run. */
  readonly signal: AbortSignal;
}

function watchEnd(subject: Subject, signal: AbortSignal): EndWatch {
  const over = new AbortController();
  const unwatch = new AbortController();
  let exitCode: number | undefined;
  let failure: unknown;
  subject.waitForEnd(AbortSignal.any([signal, unwatch.signal])).then(
    (code) => {
      exitCode = code;
      over.abort(new Error(`the container ended with exit code ${code}`));
    },
    (error: unknown) => {
      failure = error;
      over.abort(error);
    },
  );
  return {
    get exitCode() {
      return exitCode;
    },
    get failure() {
      return failure;
    },
    signal: AbortSignal.any([signal, over.signal]),
    [Symbol.dispose]: () => unwatch.abort(),
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
      return { passed: true, fields: { connection: 'accepted' } };
    }
    case 'exec':
      return judgeExec(await subject.exec(check.command, { timeoutMs: Math.ceil(remainingMs) }));
    case 'healthcheck': {
      const health = await subject.health();
      if (health === 'healthy') return { passed: true, fields: { health } };
      return {
        passed: false,
        problem: `the image's HEALTHCHECK says ${health}`,
        fields: { health },
      };
    }
    case 'exit':
      throw new Error('an exit check is made by running the container to its end');
  }
}

/** `docker exec` answers 126 and 127 itself when the command can't be run: waiting doesn't help then. */
function judgeExec(output: Output): Attempt {
  if (output.hasTimedOut) return { passed: false, problem: 'it did not end', fields: {} };
  if (output.isTruncated) return { passed: false, problem: tooMuchOutput, fields: {}, isFinal: true };
  const fields = { 'exit code': String(output.exitCode), ...describeOutput('stdout', output.stdout) };
  if (output.exitCode === 0) return { passed: true, fields };
  // What the engine itself says of a command that can't be run comes on stdout.
  const said = (output.stderr.trim() || output.stdout.toString('utf8', 0, 4096).trim()).split('\n').at(-1) ?? '';
  const problem = `exit code ${output.exitCode}${said === '' ? '' : `: ${said}`}`;
  return { passed: false, problem, fields, isFinal: output.exitCode === 126 || output.exitCode === 127 };
}
