import { request } from 'node:http';
import { execa } from 'execa';
import type { FixtureExpectation } from './fixture-images.ts';
import { docker, inspectImage, startContainer, type TestContainer } from './run-docker.ts';

type ExtraCheck =
  | { readonly kind: 'exec'; readonly words: readonly string[] }
  | { readonly kind: 'http'; readonly method: string; readonly path: string; readonly status: number | undefined }
  | { readonly kind: 'exit'; readonly words: readonly string[] };

/** One check that no trace saw, made of both images: what is wrong with the slim one's answer, if anything. */
export interface ExtraAnswer {
  readonly check: string;
  readonly problem: string | undefined;
}

/** The time a server has to start, and to answer for the first time. */
const patienceMs = 60_000;
const requestMs = 10_000;

/**
 * Makes a fixture's extra checks of its image and of the slim one as a user would run them, with nothing of slimtrace's in
 * between. `slimArguments` are `docker run`'s for the slim image alone. `look` is shown both containers of a server afterwards. Rejects when the original itself can't answer.
 */
export async function makeExtraChecks(
  original: string,
  slim: string,
  {
    slim: run,
    extraChecks,
    slimArguments = [],
  }: Pick<FixtureExpectation, 'slim' | 'extraChecks'> & { readonly slimArguments?: readonly string[] },
  look?: (before: TestContainer, after: TestContainer) => Promise<void>,
): Promise<readonly ExtraAnswer[]> {
  const checks = parseExtraChecks(extraChecks);
  const answers: ExtraAnswer[] = [];
  for (const check of checks) {
    if (check.kind !== 'exit') continue;
    const expected = await runToEnd(original, check.words);
    if (expected.exitCode !== 0)
      throw new Error(`the original ends with ${expected.exitCode}: ${check.words.join(' ')}`);
    answers.push(answerOf(check, expected, await runToEnd(slim, check.words, slimArguments)));
  }
  if (!Object.keys((await inspectImage(original)).Config.ExposedPorts ?? {}).length) return answers;
  const env = run.args.flatMap((arg, index) => (run.args[index - 1] === '--env' ? ['--env', arg] : []));
  await using before = await startContainer(original, { args: env });
  await using after = await startContainer(slim, { args: [...env, ...slimArguments] });
  for (const check of checks) {
    if (check.kind === 'exit') continue;
    const expected = await until(() => attempt(before, check));
    if (check.kind === 'http' && check.status !== undefined && (expected as HttpAnswer).status !== check.status)
      throw new Error(`the original answers ${JSON.stringify(expected)} to ${describe(check)}`);
    const answer = await until(() => attempt(after, check), expected).catch((error: unknown) => String(error));
    answers.push(answerOf(check, expected, answer));
  }
  await look?.(before, after);
  return answers;
}

/** The fixture's extra checks, in its own order; `--exit -- WORD...` goes up to the next `--exit`. */
function parseExtraChecks(args: readonly string[]): ExtraCheck[] {
  const checks: ExtraCheck[] = [];
  for (let at = 0; at < args.length; at++) {
    const flag = args[at];
    if (flag === '--exit') {
      const next = args.indexOf('--exit', at + 1);
      const end = next < 0 ? args.length : next;
      checks.push({ kind: 'exit', words: args.slice(at + 2, end) });
      at = end - 1;
      continue;
    }
    const value = args[++at] ?? '';
    if (flag === '--exec') checks.push({ kind: 'exec', words: splitWords(value) });
    else if (flag === '--http') {
      const [, method = 'GET', path = '/', status] = /^(?:([A-Z]+) )?(\S+?)(?:=(\d{3}))?$/.exec(value) ?? [];
      checks.push({ kind: 'http', method, path, status: status === undefined ? undefined : Number(status) });
    } else throw new Error(`an extra check this can't make: ${flag}`);
  }
  return checks;
}

/** Words apart, single quotes around those with spaces in them. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function describe(check: ExtraCheck): string {
  return check.kind === 'http' ? `${check.method} ${check.path}` : `${check.kind} ${check.words.join(' ')}`;
}

function answerOf(check: ExtraCheck, expected: unknown, answer: unknown): ExtraAnswer {
  const [left, right] = [JSON.stringify(expected), JSON.stringify(answer)];
  return { check: describe(check), problem: left === right ? undefined : `${right} instead of ${left}` };
}

async function runToEnd(image: string, command: readonly string[], args: readonly string[] = []) {
  const { exitCode, stdout } = await execa('docker', ['run', '--rm', ...args, image, ...command], { reject: false });
  return { exitCode, stdout };
}

/** Asks a container that runs: the address of one that has ended may be another's by now. */
async function attempt(container: TestContainer, check: Exclude<ExtraCheck, { kind: 'exit' }>): Promise<unknown> {
  const [running, address] = (await docker(['inspect', '--format', addressFormat, container.id])).split(' ');
  if (running !== 'true' || address !== container.address) throw new Error('the container has ended');
  if (check.kind === 'http') return await ask(container, check);
  return (await execa('docker', ['exec', container.id, ...check.words])).stdout;
}

const addressFormat = '{{.State.Running}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';

interface HttpAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

async function ask(container: TestContainer, check: Extract<ExtraCheck, { kind: 'http' }>): Promise<HttpAnswer> {
  const [exposed = ''] = Object.keys(
    JSON.parse(await docker(['inspect', '--format', '{{json .Config.ExposedPorts}}', container.id])),
  );
  const { method, path } = check;
  return await new Promise((resolve, reject) => {
    const target = { host: container.address, port: Number.parseInt(exposed, 10), method, path };
    request({ ...target, agent: false, timeout: requestMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: Buffer.concat(chunks).toString('latin1'),
        }),
      );
    })
      .on('timeout', () => reject(new Error(`no answer within ${requestMs} ms`)))
      .on('error', reject)
      .end();
  });
}

/** Again until it works: a server may need a moment to start. What answers otherwise than `wanted` gets a second chance only. */
async function until(attemptOnce: () => Promise<unknown>, wanted?: unknown): Promise<unknown> {
  const giveUpMs = Date.now() + patienceMs;
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await attemptOnce();
      if (wanted === undefined || tries > 0 || JSON.stringify(answer) === JSON.stringify(wanted)) return answer;
    } catch (error) {
      if (Date.now() > giveUpMs || (wanted !== undefined && tries > 20)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
