import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWithBuildKit, configOf, treeOf } from '../support/built-images.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { buildTestImage, docker, imageId, inspectImage, openScratch, removeImages } from '../support/run-docker.ts';
import { describeWithRegistry, publish, type Registry, startRegistry } from '../support/run-registry.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

describeWithRegistry('with a registry', () => {
  let registry: Registry;
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let app: string;
  let digest: string;
  const images: string[] = [];
  const fileOf = (name: string) => join(scratch.path, name);

  /** An application whose layer no other run of this test has had, so that no cache knows it. */
  const makeApp = async (greeting: string) => {
    const script = `#!/bin/sh\n# ${registry.host} ${process.pid} ${Date.now()}\necho "${greeting}"\n`;
    const dockerfile = 'FROM slimtrace-fixture/base:bookworm\nCOPY greet /app/greet\nCMD ["/app/greet"]\n';
    const image = await buildTestImage(`registry-${greeting}`, dockerfile, { greet: script });
    images.push(image);
    return image;
  };
  const run = async (...args: readonly string[]) => {
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    return outcome;
  };
  const fromLines = (dockerfile: string) => dockerfile.split('\n').filter((line) => /^FROM|# Not pinned/.test(line));

  beforeAll(async () => {
    [registry, slimtrace, scratch] = await Promise.all([startRegistry(), openSlimtrace(), openScratch()]);
    // All fixtures stand on the base that these do.
    await ensureFixtureImage('distroless-merged/cc-debian12');
    app = `${registry.host}/team/app:1`;
    const made = await makeApp('one');
    digest = await publish(made, registry, 'team/app', '1');
    await removeImages(made);
    await docker(['pull', '--quiet', app]);
  });
  afterAll(async () => {
    await removeImages(...images, app);
    await slimtrace?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    await scratch?.[Symbol.asyncDispose]();
  });

  /** Makes the tag another image's, and forgets here what it was: a build has to ask the registry. */
  const moveTag = async () => {
    await removeImages(app, `${registry.host}/team/app@${digest}`);
    expect(await publish(await makeApp('two'), registry, 'team/app', '1')).not.toBe(digest);
    expect(await imageId(`${registry.host}/team/app@${digest}`)).toBeUndefined();
  };

  test('a Dockerfile takes the image and its base by their digests, wherever their tags have gone', async () => {
    const base = `${registry.host}/distroless/cc:12`;
    const baseDigest = await publish(
      'slimtrace-fixture/distroless-merged/cc-debian12',
      registry,
      'distroless/cc',
      '12',
    );
    await docker(['pull', '--quiet', base]);
    const [direct, built] = ['slimtrace-test/registry:direct', 'slimtrace-test/registry:built'];
    images.push(base, direct, built);
    await run('slim', app, '--exit', '--base', base, '--tag', direct, '--provenance', fileOf('provenance.json'));
    const written = (await run('dockerfile', app, '--exit', '--base', base)).stdout;
    expect(fromLines(written)).toEqual([
      `FROM ${app}@${digest} AS fat`,
      // Copied, not stood on: it has a directory where the image has a link, /var/lock.
      `FROM ${base}@${baseDigest} AS base`,
      'FROM fat AS files',
      'FROM scratch AS slim',
    ]);

    expect((await inspectImage(direct)).Config.Labels).toMatchObject({
      'io.slimtrace.source.digest': `${registry.host}/team/app@${digest}`,
      'org.opencontainers.image.base.name': base,
      'org.opencontainers.image.base.digest': baseDigest,
    });
    const { resolvedDependencies } = JSON.parse(await readFile(fileOf('provenance.json'), 'utf8')).predicate
      .buildDefinition;
    expect(resolvedDependencies).toContainEqual({
      name: 'original',
      digest: { sha256: digest.slice('sha256:'.length) },
      annotations: { reference: app },
    });

    await moveTag();
    await removeImages(base);
    const asked = registry.requests().length;
    await buildWithBuildKit(built, { dockerfile: written });
    expect(await docker(['run', '--rm', built])).toBe('one');
    expect(await treeOf(built)).toEqual(await treeOf(direct));
    expect(await configOf(built)).toEqual(await configOf(direct));
    const pulls = registry.requests().slice(asked);
    expect(pulls).toContain(`GET /v2/team/app/manifests/${digest}`);
    expect(pulls.filter((request) => request.endsWith('/manifests/1'))).toEqual([]);
  });

  test('an image that was pulled under one name and is used by another comes from where it was pulled', async () => {
    const [alias, built] = ['slimtrace-test/registry:ci', 'slimtrace-test/registry:built-by-id'];
    const reference = `${registry.host}/team/app@${digest}`;
    images.push(alias, built, reference);
    await docker(['pull', '--quiet', reference]);
    await docker(['tag', reference, alias]);
    const id = (await imageId(alias))?.slice('sha256:'.length) ?? '';
    const { stdout } = await run('dockerfile', id, '--exit', '--builder', 'slimtrace-fixture/base:bookworm');
    expect(fromLines(stdout)).toEqual([
      `FROM ${reference} AS fat`,
      '# Not pinned: slimtrace-fixture/base:bookworm has no digest, because it came from no registry.',
      'FROM slimtrace-fixture/base:bookworm AS files',
      'FROM scratch AS slim',
    ]);
    await removeImages(alias, reference);
    await buildWithBuildKit(built, { dockerfile: stdout });
    expect(await docker(['run', '--rm', built])).toBe('one');
  });

  test('a lock made of what was pulled is followed, and what it makes is pushed, and pulled elsewhere', async () => {
    const reference = `${registry.host}/team/app@${digest}`;
    await docker(['pull', '--quiet', reference]);
    const lock = fileOf('slimtrace.lock');
    await run('lock', reference, '--exit', '--output', lock);
    const slim = 'slimtrace-test/registry:slim';
    const published = `${registry.host}/team/app:1-slim`;
    images.push(slim, reference, published);
    await run('slim', reference, '--exit', '--lock', lock, '--tag', slim);
    const { Id } = await inspectImage(slim);
    // As the README's pipeline does.
    await docker(['tag', slim, published]);
    await docker(['push', '--quiet', published]);
    await removeImages(slim, published, reference);
    await docker(['pull', '--quiet', published]);
    expect((await inspectImage(published)).Id).toBe(Id);
    expect(await docker(['run', '--rm', published])).toBe('one');

    // The next build of the image, from the same place.
    const next = `${registry.host}/team/app:1`;
    await docker(['pull', '--quiet', next]);
    await run('slim', next, '--exit', '--lock', lock, '--tag', slim);
    expect(await docker(['run', '--rm', slim])).toBe('two');
  });
});
