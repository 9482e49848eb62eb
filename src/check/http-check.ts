import type { Attempt } from './attempt.js';
import type { HttpCheck } from './check.js';
import { choice } from './field.js';
import { askHttp, type HttpAnswer } from './http.js';
import type { Subject } from './subject.js';

/** Statuses of a server that is not ready yet: worth asking again. */
const notReady = new Set([502, 503, 504]);

/** One request to the container, judged. Throws the connection's error when there is none. */
export async function runHttpCheck(check: HttpCheck, subject: Subject, signal: AbortSignal): Promise<Attempt> {
  const connection = await subject.connect(check.port, signal);
  return judgeHttp(check, await askHttp(check, connection, signal));
}

function judgeHttp(check: HttpCheck, answer: HttpAnswer): Attempt {
  if (answer.kind === 'not-http') {
    const fields = { protocol: choice('not HTTP') };
    if (check.isDefault) return { passed: true, fields };
    return {
      passed: false,
      problem: `port ${check.port} does not speak HTTP (${answer.problem})`,
      fields,
      isFinal: true,
    };
  }
  if (answer.kind === 'closed') {
    const fields = { protocol: choice('not HTTP') };
    return check.isDefault ? { passed: true, fields } : { passed: false, problem: answer.problem, fields: {} };
  }
  const { status, fields } = answer;
  if (isExpected(check, status)) return { passed: true, fields };
  const wanted = check.status === undefined ? '' : ` instead of ${check.status}`;
  return { passed: false, problem: `status ${status}${wanted}`, fields, isFinal: !notReady.has(status) };
}

function isExpected(check: HttpCheck, status: number): boolean {
  if (check.status !== undefined) return status === check.status;
  return check.isDefault ? status < 500 : status >= 200 && status < 400;
}
