import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InspectReport } from '../../src/report/inspect-report.ts';
import { inspectReportSchema } from '../../src/schema/inspect-schema.ts';
import { keys } from '../build/secrets/keys.ts';
import { buildTestImage, describeOnEngine, docker, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const base = 'slimtrace-test/inspect-base:latest';
const password = 'kV9xTq2LmW';
const token = 'ghp_R4nd0mQ8wErTyUiOpAsDfGhJkLzXcVbNm1qW';

describeOnEngine('inspect', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let image: string;

  const inspect = async (...args: readonly string[]) => {
    const outcome = await slimtrace.run(['inspect', ...args]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return outcome.stdout;
  };
  const inspectJson = async (...args: readonly string[]) =>
    inspectReportSchema.parse(JSON.parse(await inspect(...args, '--json'))) as InspectReport;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    const baseArchive = join(scratch.path, 'base.tar');
    const applets = ['head', 'chmod', 'rm', 'cp'].map((name) => [`bin/${name}`, { link: 'busybox' }]);
    const entries = { ...busyboxEntries(), ...Object.fromEntries(applets), opt: { directory: true } };
    await writeSmallArchive(baseArchive, base, entries, { Env: ['PATH=/bin'] });
    await docker(['load', '--input', baseArchive]);
    const dockerfile = `FROM ${base}
COPY id_ed25519 .env /srv/
RUN rm /srv/id_ed25519 && echo "# elsewhere" > /srv/.env
ARG GITHUB_TOKEN
RUN head -c 300000 /dev/zero > /opt/large && head -c 20000 /dev/zero > /opt/gone && chmod 4755 /opt/large
RUN head -c 100000 /dev/zero > /opt/large && rm /opt/gone && cp /opt/large /opt/copy && chmod 666 /opt/copy
COPY tool /usr/local/bin/
ENV GREETING="hello world" API_KEY=pQ8wErTyUiOp
HEALTHCHECK --interval=90s --retries=4 CMD wget -q localhost
VOLUME /data
USER 1000:1000
ENTRYPOINT ["/usr/local/bin/tool", "a b"]
`.replace('RUN head -c 3', `RUN : ${token} && head -c 3`);
    image = await buildTestImage('inspect', dockerfile, {
      tool: '#!/bin/sh\n',
      id_ed25519: keys.openssh().toString(),
      '.env': `PASSWORD=${password}\n`,
    });
  });
  afterAll(async () => {
    await removeImages(image, base);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('tells layers, waste, duplicates, risks and the Dockerfile of an image, as of its archive', async () => {
    const report = await inspectJson(image);
    expect(report.id).toBe(await imageId(image));
    expect(report.layers?.slice(-3)).toMatchObject([
      { added: 2, changed: 0, removed: 0, contentBytes: 320_000, wastedBytes: 320_000 },
      { added: 1, changed: 1, removed: 1, contentBytes: 200_000, wastedBytes: 0 },
      {
        added: 1,
        contentBytes: 10,
        instruction: expect.stringMatching(/^COPY file:[0-9a-f]{12} \/usr\/local\/bin\/$/),
      },
    ]);
    const top = (report.layers?.length ?? 0) - 1;
    const ofOpt = report.waste?.files.filter(({ path }) => path.startsWith('/opt/'));
    expect(ofOpt).toEqual([
      { path: '/opt/large', sizeBytes: 300_000, broughtBy: top - 2, hiddenBy: top - 1, how: 'replaced' },
      { path: '/opt/gone', sizeBytes: 20_000, broughtBy: top - 2, hiddenBy: top - 1, how: 'removed' },
    ]);
    const all = report.layers?.reduce((sum, { contentBytes }) => sum + contentBytes, 0) ?? 0;
    expect(report.waste?.efficiency).toBeCloseTo(1 - (report.waste?.bytes ?? 0) / all, 10);
    expect(report.duplicates).toContainEqual({
      sizeBytes: 100_000,
      paths: ['/opt/copy', '/opt/large'],
      layers: [top - 1, top - 1],
    });
    expect(report.setuidFiles).toContain('/opt/large');
    expect(report.worldWritable).toContain('/opt/copy');
    expect(report.config).toMatchObject({
      user: '1000:1000',
      volumes: ['/data'],
      env: expect.arrayContaining(['API_KEY']),
    });
    const told = report.history?.map(({ instruction }) => instruction) ?? [];
    expect(told).toEqual(
      expect.arrayContaining([
        'ENV GREETING="hello world" API_KEY=…',
        'HEALTHCHECK --interval=90s --retries=4 CMD wget -q localhost',
        'VOLUME ["/data"]',
        'USER 1000:1000',
        'ENTRYPOINT ["/usr/local/bin/tool","a b"]',
        expect.stringMatching(/^RUN : … && head -c 300000/),
        expect.stringMatching(/^RUN head -c 100000 .* chmod 666 \/opt\/copy$/),
      ]),
    );
    expect(report.secrets.map(({ place }) => place)).toEqual(
      expect.arrayContaining(['Env API_KEY', expect.stringMatching(/^History step \d+$/)]),
    );
    expect(JSON.stringify(report)).not.toContain(token);

    const archive = join(scratch.path, 'image.tar');
    await docker(['save', '--output', archive, image]);
    const { reference: _, durationMs: __, names, ...facts } = report;
    expect(await inspectJson(`docker-archive:${archive}`)).toMatchObject({ ...facts, sizeBytes: expect.any(Number) });
    expect(names).toContain(image);
  });

  test('a key that a later step removed, and an .env that it replaced, are told with what brought them', async () => {
    const report = await inspectJson(image);
    const top = (report.layers?.length ?? 0) - 1;
    const brought = {
      broughtBy: top - 4,
      instruction: expect.stringMatching(/^COPY .* \/srv\/$/),
      hiddenBy: top - 3,
    };
    expect(report.hiddenSecrets).toEqual([
      { place: '/srv/id_ed25519:1', what: 'a private key (OpenSSH)', ...brought, how: 'removed' },
      { place: '/srv/.env', what: 'an .env file', ...brought, how: 'replaced' },
    ]);
    expect(report.secrets.filter(({ place }) => place.startsWith('/srv/'))).toEqual([]);
    const shown = await inspect(image, '--quiet');
    expect(shown).toContain(
      'hidden, not gone  2 secrets in files that a later layer hides: whoever pulls the image has them',
    );
    expect(shown).toMatch(
      new RegExp(
        `\\/srv\\/id_ed25519:1: a private key \\(OpenSSH\\)\n +of layer ${top - 3}, removed by ${top - 2}: COPY .* \\/srv\\/\n`,
      ),
    );
    expect(JSON.stringify(report) + shown).not.toContain(password);
  });

  test('reads in 100 columns; --rows cuts lists; --fast does without layers', async () => {
    const shown = await inspect(image, '--rows', '1', '--quiet');
    expect(shown.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(shown).toMatch(/\/opt\/large +of layer \d+, written again by \d+/);
    expect(shown).toMatch(/and \d+ more \(--rows, --json\)/);
    expect(shown).toContain(`slimtrace slim ${image}`);
    const fast = await inspectJson(image, '--fast');
    expect(fast).toMatchObject({ layers: null, waste: null, duplicates: null, history: null, hiddenSecrets: null });
    expect(fast.setuidFiles).toContain('/opt/large');
    expect(await inspect(image, '--fast')).toContain('not read (--fast)');
  });

  test('a hostile image doesn’t reach the terminal', async () => {
    const file = join(scratch.path, 'hostile.tar');
    const evil = '\u001b[2J\u202eevil';
    const entries = { [`bin/${evil}`]: { bytes: Buffer.alloc(5000), mode: 0o4777 }, [`opt/${evil}`]: '' };
    await writeSmallArchive(file, 'evil:1', entries, {
      User: evil,
      Cmd: [evil],
      Env: [`${evil}=1`],
      WorkingDir: `/${evil}`,
    });
    const shown = await inspect(file, '--quiet');
    expect(shown).toContain('evil');
    expect(shown).not.toMatch(/[\u001b\u202e]/);
  });

  test('refuses what isn’t there, and no number of rows', async () => {
    const refusals = [
      { args: ['slimtrace-test/never:1'], exitCode: 3, stderr: 'slimtrace-test/never:1' },
      { args: ['docker-archive:/never/there.tar'], exitCode: 3, stderr: 'not found' },
      { args: [image, '--rows', 'many'], exitCode: 2, stderr: '--rows "many" is not a number of rows' },
    ];
    for (const { args, exitCode, stderr } of refusals)
      expect(await slimtrace.run(['inspect', ...args])).toMatchObject({
        exitCode,
        stderr: expect.stringContaining(stderr),
      });
  });

  test('Ctrl-C while the engine writes leaves nothing', async () => {
    const run = slimtrace.start(['inspect', image]);
    await run.waitFor(/writes the image out/);
    run.signal('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
  });
});
