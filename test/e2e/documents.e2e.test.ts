import { execFileSync } from 'node:child_process';
import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScratch, testWith } from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type RunSettings, type Slimtrace } from '../support/run-slimtrace.ts';
import { busyboxEntries, type SmallEntry, writeSmallArchive } from '../support/small-archive.ts';
import { expectValidSbom } from '../support/validate-sbom.ts';

/** Real packages of Debian and npm, and one that nobody needs. */
async function entries(): Promise<Record<string, SmallEntry>> {
  const busybox = execFileSync('dpkg-query', ['--status', 'busybox-static'], { encoding: 'utf8' });
  const ms = async (file: string) => ({
    bytes: await readFile(join(import.meta.dirname, '../../node_modules/ms', file)),
  });
  return {
    ...busyboxEntries(),
    'etc/os-release': await readFile('/etc/os-release', 'utf8'),
    'var/lib/dpkg/status': `${busybox}\nPackage: gcc\nStatus: install ok installed\nArchitecture: amd64\nVersion: 4:12.2.0-3\n`,
    'var/lib/dpkg/info/busybox-static.list': '/.\n/bin\n/bin/busybox\n',
    'var/lib/dpkg/info/gcc.list': '/usr/bin/gcc\n/usr/bin/su\n',
    'usr/bin/gcc': { bytes: Buffer.alloc(50_000, 'gcc'), mode: 0o755 },
    'usr/bin/su': { bytes: Buffer.from('su'), mode: 0o4755 },
    'app/node_modules/ms/package.json': await ms('package.json'),
    'app/node_modules/ms/index.js': await ms('index.js'),
    'app/node_modules/ms/license.md': await ms('license.md'),
  };
}
const config = { Entrypoint: ['cat', '/app/node_modules/ms/index.js'], Env: ['PATH=/bin'] };

describe('documents about an image', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let settings: RunSettings;
  const read = (file: string) => readFile(join(scratch.path, file), 'utf8');
  const json = async (file: string) => JSON.parse(await read(file));
  const blob = (layout: string, digest: string) => json(`${layout}/blobs/sha256/${digest.replace('sha256:', '')}`);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await writeSmallArchive(join(scratch.path, 'app.tar'), 'test/app:1', await entries(), config);
    // Archives need no engine.
    await mkdir(join(scratch.path, 'bin'));
    await symlink(process.execPath, join(scratch.path, 'bin/node'));
    settings = { leavesEngineAlone: true, cwd: scratch.path, env: { PATH: join(scratch.path, 'bin') } };
    const traced = await slimtrace.run(
      ['trace', 'app.tar', '--exit', '-e', 'TOKEN=hunter22', '-o', 'app.trace'],
      settings,
    );
    expect(traced.exitCode, traced.stderr).toBe(0);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const build = (more: readonly string[], image = 'app.tar') =>
    slimtrace.run(['build', image, '--trace', 'app.trace', '--exit', '-e', 'TOKEN=hunter22', ...more], settings);

  testWith(
    ['dpkg-query', 'skopeo'],
    'an SBOM and a provenance, beside it, in it, and attached; the same twice, wherever the archive lies',
    async () => {
      const runs = ['one', 'two'].map((name) => [
        ...['--output', `oci:${name}`, '--sbom', `${name}.sbom`, '--provenance', `${name}.prov`],
        ...['--attest', '--sbom-in-image', '--json'],
      ]);
      const [first, second] = [await build(runs[0] ?? []), await build(runs[1] ?? [], join(scratch.path, 'app.tar'))];
      expect(first.exitCode, first.stderr + first.stdout).toBe(0);
      expect(second.exitCode, second.stderr).toBe(0);
      for (const kind of ['sbom', 'prov']) expect(await read(`two.${kind}`)).toBe(await read(`one.${kind}`));
      expect(await read('two/index.json'), 'attestations too').toBe(await read('one/index.json'));

      const sbom = await json('one.sbom');
      await expectValidSbom(JSON.stringify(sbom));
      const purls = sbom.components.flatMap(({ purl }: { purl?: string }) => purl ?? []);
      expect(purls).toEqual([
        expect.stringMatching(/^pkg:deb\/debian\/busybox-static@.*\?arch=\w+&distro=debian-\d+&upstream=busybox/),
        expect.stringMatching(/^pkg:npm\/ms@2\.\d+\.\d+$/),
      ]);
      const report = parseReport(first) as unknown as Record<string, unknown>;
      expect(report).toMatchObject({
        keptPackages: [
          { name: 'busybox-static', extent: 'full' },
          { name: 'ms', extent: 'part', filesKept: 2, files: 3 },
        ],
        gone: {
          packages: [{ type: 'deb', name: 'gcc', version: '4:12.2.0-3' }],
          setuidFiles: ['/usr/bin/su'],
          compilers: ['gcc'],
        },
      });

      // The image is the one that a tool which knows nothing of us finds, and the statements are about it.
      const inspected = JSON.parse(
        execFileSync('skopeo', ['inspect', '--no-tags', `oci:${join(scratch.path, 'one')}`], { encoding: 'utf8' }),
      );
      const provenance = await json('one.prov');
      const [top] = (await json('one/index.json')).manifests;
      expect(top.digest).toBe(inspected.Digest);
      const [image, attestation] = (await blob('one', top.digest)).manifests;
      expect(`sha256:${provenance.subject[0].digest.sha256}`).toBe(image.digest);
      expect(JSON.stringify(provenance)).not.toContain('hunter22');
      const { resolvedDependencies } = provenance.predicate.buildDefinition;
      const sum = execFileSync('sha256sum', [join(scratch.path, 'app.trace')], { encoding: 'utf8' }).slice(0, 64);
      expect(resolvedDependencies).toContainEqual(expect.objectContaining({ name: 'trace', digest: { sha256: sum } }));
      expect(resolvedDependencies).toContainEqual(expect.objectContaining({ name: 'original' }));

      const [aboutSbom, aboutBuild] = await Promise.all(
        (await blob('one', attestation.digest)).layers.map(({ digest }: { digest: string }) => blob('one', digest)),
      );
      expect(aboutSbom.predicate).toEqual(sbom);
      expect(aboutBuild).toEqual(provenance);

      const layer = inspected.Layers.at(-1).replace('sha256:', '');
      const inside = execFileSync(
        'tar',
        ['-xOf', join(scratch.path, 'one/blobs/sha256', layer), 'usr/share/sbom/slimtrace.cdx.json'],
        { encoding: 'utf8' },
      );
      await expectValidSbom(inside);
      expect(JSON.parse(inside).components).toEqual(sbom.components);
    },
  );

  test('an image that is not proved has no documents: what was there stays', async () => {
    await writeFile(join(scratch.path, 'kept.sbom'), 'the good one');
    const more = ['--exclude', '/app/node_modules/ms/index.js', '--sbom', 'kept.sbom', '--provenance', 'none.prov'];
    const outcome = await build([...more, '--output', 'bad.tar', '--attest']);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(1);
    expect(await read('kept.sbom')).toBe('the good one');
    await expect(access(join(scratch.path, 'none.prov'))).rejects.toThrow();
  });

  test('--attest where nothing takes attestations, and a document that can’t be written, are told before the work', async () => {
    const docker = await build(['--output', 'docker-archive:x.tar', '--attest']);
    expect(docker.exitCode, docker.stderr).toBe(2);
    expect(docker.stderr).toContain('error: --attest attaches to an OCI archive, and none is written');
    const unwritable = await build(['--sbom', 'no/such/directory.json']);
    expect(unwritable.exitCode, unwritable.stderr).toBe(3);
    expect(unwritable.stderr).toContain('could not write no/such/directory.json');
    expect(unwritable.stderr).not.toContain('select what is needed');
    const same = await build(['--sbom', 'a.json', '--provenance', './a.json']);
    expect(same.exitCode, same.stderr).toBe(2);
    expect(same.stderr).toContain('error: --sbom and --provenance are one file: a.json and ./a.json');
  });
});
