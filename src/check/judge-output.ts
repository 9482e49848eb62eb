import type { Output } from '../engine/engine.js';
import type { Attempt } from './attempt.js';
import { describeLog, describeOutput } from './describe-output.js';
import { choice, type Fields } from './field.js';

const tooMuchOutput = 'it printed more than can be compared (32 MiB)';

/** What a container that was to end by itself came to. */
export function judgeExit(expected: number, output: Output | 'timeout', timeoutMs: number): Attempt {
  if (output === 'timeout') return { passed: false, problem: `still running after ${timeoutMs / 1000} s`, fields: {} };
  if (output.isTruncated) return { passed: false, problem: tooMuchOutput, fields: {} };
  const fields = describeEnd(output);
  if (output.exitCode === expected) return { passed: true, fields };
  return { passed: false, problem: `exit code ${output.exitCode} instead of ${expected}`, fields };
}

/** `docker exec` answers 126 and 127 itself when the command can't be run: waiting doesn't help then. */
export function judgeExec(output: Output): Attempt {
  if (output.hasTimedOut) return { passed: false, problem: 'it did not end', fields: {} };
  if (output.isTruncated) return { passed: false, problem: tooMuchOutput, fields: {}, isFinal: true };
  const fields = describeEnd(output);
  if (output.exitCode === 0) return { passed: true, fields };
  // What the engine itself says of a command that can't be run comes on stdout.
  const said = (output.stderr.trim() || output.stdout.toString('utf8', 0, 4096).trim()).split('\n').at(-1) ?? '';
  const problem = `exit code ${output.exitCode}${said === '' ? '' : `: ${said}`}`;
  return { passed: false, problem, fields, isFinal: output.exitCode === 126 || output.exitCode === 127 };
}

function describeEnd({ exitCode, stdout, stderr }: Output): Fields {
  return { 'exit code': choice(exitCode), stdout: describeOutput(stdout), stderr: describeLog(stderr) };
}
