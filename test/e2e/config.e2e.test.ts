import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import {
  describeOnEngine,
  docker,
  imageId,
  inspectImage,
  openScratch,
  removeImages,
  startContainer,
  testWith,
} from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/config:slim';
const again = 'slimtrace-test/config:again';
const dated = 'slimtrace-test/config:dated';
const date = 1_234_567_890;

/** All that an image's config can say (docker image spec v1.2, moby's HealthConfig); the rest belongs to containers. */
const configFields = [
  ...['User', 'Env', 'Entrypoint', 'Cmd', 'WorkingDir', 'ExposedPorts', 'Volumes', 'StopSignal', 'Healthcheck'],
  ...['OnBuild', 'Shell'],
];

describeOnEngine('the config of a slim image', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let original: string;
  let archive: string;

  const slim = async (name: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
    const checks = (await readExpectation('healthcheck')).slim.args;
    const all = ['slim', original, '--timeout', '180', '--tag', name, ...args, ...checks];
    const outcome = await slimtrace.run(all, { env });
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
  };

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    archive = join(scratch.path, 'slim.tar');
    original = await ensureFixtureImage('healthcheck');
    await slim(tag, ['--output', archive]);
  });
  afterAll(async () => {
    await removeImages(tag, again, dated);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  test('loses no field: users, ports, volumes, ONBUILD, HEALTHCHECK with all its times', async () => {
    const [before, after] = [await inspectImage(original), await inspectImage(tag)];
    const pick = (config: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(configFields.map((field) => [field, config[field]]));
    expect(pick(after.Config)).toEqual(pick(before.Config));
    expect(before.Config.Healthcheck, 'the fixture has one to lose').toMatchObject({
      Interval: 2e9,
      StartPeriod: 20e9,
    });
    expect([after.Architecture, after.Os]).toEqual([before.Architecture, before.Os]);
  });

  test('keeps the labels, and says in its own which image it came from', async () => {
    const [before, after] = [await inspectImage(original), await inspectImage(tag)];
    expect(after.Config.Labels).toEqual({
      ...before.Config.Labels,
      'io.slimtrace.source.digest': before.Id,
      'io.slimtrace.version': (await slimtrace.run(['--version'])).stdout.trim(),
    });
  });

  test('its HEALTHCHECK still turns healthy under the engine, tools and shell included', async () => {
    await using container = await startContainer(tag);
    const giveUpMs = Date.now() + 120_000;
    let health = '';
    while (health !== 'healthy' && Date.now() < giveUpMs) {
      await sleep(300);
      health = await docker(['inspect', '--format', '{{.State.Health.Status}}', container.id]);
    }
    expect(health).toBe('healthy');
  });

  test('the same image slimmed twice gives the same ID', async () => {
    await slim(again);
    expect(await imageId(again)).toBe(await imageId(tag));
  });

  test('is dated like its source, or by SOURCE_DATE_EPOCH', async () => {
    expect(Date.parse((await inspectImage(tag)).Created)).toBe(Date.parse((await inspectImage(original)).Created));
    await slim(dated, [], { SOURCE_DATE_EPOCH: String(date) });
    expect(Date.parse((await inspectImage(dated)).Created)).toBe(date * 1000);
  });

  test('the archive of --output loads under the final name, as the very same image', async () => {
    const id = await imageId(tag);
    await removeImages(tag, again);
    expect(await docker(['load', '--input', archive])).toContain(tag);
    expect(await imageId(tag)).toBe(id);
  });

  testWith(['skopeo'], 'the archive of --output is an OCI layout and a docker-archive to skopeo', async () => {
    for (const transport of ['docker-archive', 'oci-archive']) {
      const { stdout } = await execa('skopeo', ['inspect', '--config', `${transport}:${archive}`]);
      const { config, architecture, history, rootfs } = JSON.parse(stdout);
      expect(config.User, transport).toBe('web');
      expect(config.StopSignal, transport).toBe('SIGQUIT');
      expect(architecture).toBe((await inspectImage(original)).Architecture);
      expect(rootfs.diff_ids).toHaveLength(1);
      expect(history[0].created_by).toMatch(/^slimtrace /);
    }
  });
});
