import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.js';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { buildNonrootVariant, nonrootVariants } from '../support/nonroot-variants.ts';
import { describeOnEngine, docker, removeImages, startContainer } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

// The servers that run as somebody else already are proved hardened in fixtures.e2e.test.ts, which makes them small anyway.

const names = Object.keys(nonrootVariants);
const tagOf = (name: string) => `slimtrace-test/nonroot-${name}:slim`;
const hardening = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  ...['--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--volume', '/run'],
];

/** The HEALTHCHECK that one of them is given, its interpreter being all that it has. */
const health = [
  '/opt/venv/bin/python',
  '-c',
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/').read()",
];

describeOnEngine('servers as another user', () => {
  let lanes: readonly Slimtrace[];
  const reports = new Map<string, Promise<SlimReport>>();

  const slim = async (name: string, slimtrace: Slimtrace): Promise<SlimReport> => {
    const { args } = (await readExpectation(name)).slim;
    const image = await buildNonrootVariant(name, await ensureFixtureImage(name));
    const given = name === 'python-lazy' ? ['--healthcheck', JSON.stringify(health)] : [];
    const options = ['--tag', tagOf(name), '--timeout', '120', '--json', '--user', 'nonroot', ...given, ...args];
    const { exitCode, stdout, stderr } = await slimtrace.run(['slim', image, ...options]);
    expect(exitCode, stderr + stdout).toBe(0);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    lanes = await Promise.all([openSlimtrace(), openSlimtrace()]);
    // Two at once, on two cores: each lane takes the next one when it is done.
    for (const [index, name] of names.entries()) {
      const before = reports.get(names[index - lanes.length] ?? '') ?? Promise.resolve();
      const lane = lanes[index % lanes.length] as Slimtrace;
      const report = before.then(
        () => slim(name, lane),
        () => slim(name, lane),
      );
      report.catch(() => {});
      reports.set(name, report);
    }
  });
  afterAll(async () => {
    await Promise.allSettled(reports.values());
    await removeImages(...names.flatMap((name) => [tagOf(name), `slimtrace-test/nonroot-${name}:latest`]));
    await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
  });

  test.each(names)('%s runs on a read-only root without any capability', async (name) => {
    const report = (await reports.get(name)) as SlimReport;
    expect(report.checks.filter(({ result }) => result !== 'same')).toEqual([]);
    expect(report.hardened).toEqual({ runs: true, because: [] });
    const { posture } = report;
    expect(posture.user.slim).toBe('65532:65532');
    expect(posture.owners.every(({ to }) => to.endsWith(':65532'))).toBe(true);
    expect(posture.owners.map(({ path }) => path)).toEqual(ownOf[name]);

    await using container = await startContainer(tagOf(name), { args: hardening });
    const pid = await docker(['inspect', '--format', '{{.State.Pid}}', container.id]);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
    expect(status).toMatch(/^CapEff:\t0{16}$/m);
  });

  test('a HEALTHCHECK given for an image that has none is the engine’s to run', async () => {
    await reports.get('python-lazy');
    const [{ Config: config }] = JSON.parse(await docker(['image', 'inspect', tagOf('python-lazy')]));
    expect(config.Healthcheck).toEqual({ Test: ['CMD', ...health] });
    await using container = await startContainer(tagOf('python-lazy'), { args: ['--health-interval', '0.3s'] });
    const stateOf = () => docker(['inspect', '--format', '{{.State.Health.Status}}', container.id]);
    await expect.poll(stateOf, { timeout: 30_000 }).toBe('healthy');
  });
});

/** What each of them writes, and had to become its own. */
const ownOf: Readonly<Record<string, readonly string[]>> = {
  'apache-conf': ['/run', '/var/log/apache2', '/var/log/apache2/other_vhosts_access.log'],
  healthcheck: ['/srv/app', '/var/lib/app'],
  'python-lazy': [],
  'react-nginx': ['/run', '/var/lib/nginx'],
  'shell-entrypoint': ['/app', '/var/lib/web'],
};
