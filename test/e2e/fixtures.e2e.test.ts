import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ensureFixtureImage,
  type FixtureExpectation,
  listFixtures,
  readExpectation,
} from '../support/fixture-images.ts';
import {
  describeOnEngine,
  docker,
  inspectImage,
  pathsInLayers,
  removeImages,
  startContainer,
  type TestContainer,
} from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type SlimReportJson, type Slimtrace } from '../support/run-slimtrace.ts';

const names = await listFixtures();
const expectations = new Map(
  await Promise.all(names.map(async (name) => [name, await readExpectation(name)] as const)),
);
const slimmable = names.filter((name) => (expectations.get(name)?.slimExitCode ?? 0) === 0);

const tagOf = (name: string) => `slimtrace-test/fixtures-${name}:slim`;

describeOnEngine('every fixture', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    await removeImages(...names.map(tagOf));
    await slimtrace[Symbol.asyncDispose]();
  });

  const slim = async (name: string, { args, command }: FixtureExpectation['slim']) => {
    const options = ['--tag', tagOf(name), '--timeout', '180', '--json', ...args];
    const words = command.length > 0 ? ['--', ...command] : [];
    const outcome = await slimtrace.run(['slim', await ensureFixtureImage(name), ...options, ...words]);
    expect(outcome.exitCode, `${outcome.stderr}\n${outcome.stdout}`).toBe(0);
    return parseReport(outcome);
  };

  test.each(slimmable)('%s becomes a small image that works, and holds what it should and no more', async (name) => {
    const expectation = expectationOf(name);
    const original = await ensureFixtureImage(name);
    const report = await slim(name, expectation.slim);
    expect(report.checks.filter(({ result }) => result !== 'same')).toEqual([]);
    expect(report.slim.reference).toBe(tagOf(name));
    if (expectation.peerSlim === undefined) expectNoLargerThanPeer(report, expectation);
    expect((await inspectImage(tagOf(name))).Id, 'the tag names the image of the report').toBe(report.slim.id);

    await expectPaths(tagOf(name), expectation);
    await makeExtraChecks(original, tagOf(name), expectation);
  });

  test.each(slimmable.filter((name) => expectationOf(name).peerSlim !== undefined))(
    '%s, asked for no more than a peer was, is no larger than the peer made it',
    async (name) => {
      const expectation = expectationOf(name);
      expectNoLargerThanPeer(await slim(name, expectation.peerSlim ?? expectation.slim), expectation);
    },
  );

  test.each(names.filter((name) => !slimmable.includes(name)))('%s gives no evidence, and no image', async (name) => {
    const expectation = expectationOf(name);
    const image = await ensureFixtureImage(name);
    const args = ['slim', image, '--tag', tagOf(name), '--timeout', '8', ...expectation.slim.args];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr).toBe(expectation.slimExitCode);
    expect(outcome.stderr).toContain('error: no check passed on the original image');
    await expect(inspectImage(tagOf(name))).rejects.toThrow(/no such image/i);
  });
});

function expectationOf(name: string): FixtureExpectation {
  const expectation = expectations.get(name);
  if (expectation === undefined) throw new Error(`no fixture ${name}`);
  return expectation;
}

function expectNoLargerThanPeer(report: SlimReportJson, { peerSizeBytes }: FixtureExpectation): void {
  if (peerSizeBytes !== null) expect(report.slim.sizeBytes).toBeLessThanOrEqual(peerSizeBytes);
}

async function expectPaths(image: string, { mustKeep, mustNotKeep }: FixtureExpectation): Promise<void> {
  const paths = await pathsInLayers(image);
  expect(
    mustKeep.filter((path) => !paths.has(path)),
    'missing from the slim image',
  ).toEqual([]);
  const unwanted = [...mustNotKeep, '/.slimtrace', '/.dockerenv', '/slimtrace-agent'];
  const kept = [...paths].filter((path) => unwanted.some((not) => path === not || path.startsWith(`${not}/`)));
  expect(kept, 'in the slim image, and should not be').toEqual([]);
}

type ExtraCheck =
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'http'; readonly method: string; readonly path: string; readonly status: number | undefined }
  | { readonly kind: 'exit'; readonly command: readonly string[] };

function parseExtraChecks(args: readonly string[]): ExtraCheck[] {
  const checks: ExtraCheck[] = [];
  for (let at = 0; at < args.length; at++) {
    const flag = args[at];
    if (flag === '--exit') return [{ kind: 'exit', command: args.slice(args.indexOf('--') + 1) }];
    const value = args[++at] ?? '';
    if (flag === '--exec') checks.push({ kind: 'exec', command: value });
    else if (flag === '--http') {
      const [, method = 'GET', path = '/', status] = /^(?:([A-Z]+) )?(\S+?)(?:=(\d{3}))?$/.exec(value) ?? [];
      checks.push({ kind: 'http', method, path, status: status === undefined ? undefined : Number(status) });
    } else throw new Error(`an extra check this test can't make: ${flag}`);
  }
  return checks;
}

/** Requests that the trace never saw, made by this test against both images as a user would run them. */
async function makeExtraChecks(
  original: string,
  slim: string,
  { slim: run, extraChecks }: FixtureExpectation,
): Promise<void> {
  const checks = parseExtraChecks(extraChecks);
  for (const check of checks) {
    if (check.kind !== 'exit') continue;
    const [first, second] = [await runToEnd(original, check.command), await runToEnd(slim, check.command)];
    expect(first.exitCode).toBe(0);
    expect(second).toEqual(first);
  }
  if (!Object.keys((await inspectImage(original)).Config.ExposedPorts ?? {}).length) return;
  const env = run.args.flatMap((arg, index) => (run.args[index - 1] === '--env' ? ['--env', arg] : []));
  await using before = await startContainer(original, { args: env });
  await using after = await startContainer(slim, { args: env });
  for (const check of checks) {
    if (check.kind === 'exec')
      expect(await execUntilItWorks(after, check.command)).toBe(await execUntilItWorks(before, check.command));
    if (check.kind === 'http') {
      const [expected, answer] = [await askUntilItAnswers(before, check), await askUntilItAnswers(after, check)];
      expect(answer).toBe(expected);
      if (check.status !== undefined) expect(answer).toBe(check.status);
    }
  }
  const identity = await firstProcessIdentity(after);
  expect(identity, 'user and groups of PID 1').toBe(await firstProcessIdentity(before));
}

async function runToEnd(image: string, command: readonly string[]) {
  const { exitCode, stdout } = await execa('docker', ['run', '--rm', image, ...command], { reject: false });
  return { exitCode, stdout };
}

async function execUntilItWorks({ id }: TestContainer, command: string): Promise<string> {
  return await until(async () => (await execa('docker', ['exec', id, ...command.split(' ')])).stdout);
}

async function askUntilItAnswers(container: TestContainer, check: ExtraCheck & { kind: 'http' }): Promise<number> {
  const [exposed = ''] = Object.keys(
    JSON.parse(await docker(['inspect', '--format', '{{json .Config.ExposedPorts}}', container.id])),
  );
  const { method, path } = check;
  return await until(
    () =>
      new Promise<number>((resolve, reject) => {
        request(
          { host: container.address, port: Number.parseInt(exposed, 10), method, path, agent: false },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        )
          .on('error', reject)
          .end();
      }),
  );
}

/** The application may need a moment to start; it has a minute. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  const giveUpMs = Date.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The kernel's word on who PID 1 is, where the engine's processes are this machine's (proc(5)). */
async function firstProcessIdentity({ id }: TestContainer): Promise<string> {
  const pid = await docker(['inspect', '--format', '{{.State.Pid}}', id]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return status.match(/^(?:Uid|Gid|Groups|CapEff|NoNewPrivs):.*$/gm)?.join('\n') ?? '';
}
