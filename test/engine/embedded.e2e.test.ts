import { access, copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentFile } from '../../src/agent/agent-file.ts';
import { openEmbedded } from '../../src/engine/embedded/embedded.ts';
import type { Container } from '../../src/engine/engine.ts';
import { describeOnEngine, openScratch } from '../support/run-docker.ts';
import { describeEngineContract } from './contract.ts';
import { contractArchive } from './contract-images.ts';
import { plainSpec } from './plain-spec.ts';

// Docker only makes the images; what runs them is here.
describeOnEngine('embedded', () => {
  describeEngineContract('keeps the engine contract', {
    open: async () => {
      const abort = new AbortController();
      const engine = openEmbedded({ signal: abort.signal, agentFile, version: '0.0' });
      return {
        engine,
        image: contractArchive,
        openAs: () => engine,
        remains,
        limitMemory: async ({ id }, sizeBytes) => limitMemory(id, sizeBytes),
        [Symbol.asyncDispose]: async () => {
          await engine[Symbol.asyncDispose]();
          abort.abort();
        },
      };
    },
    lacks: {
      'image-store': 'it forgets images with the run',
      sweep: 'its containers end with the run that started them',
    },
  });
});

describeOnEngine('embedded, with a program of ours in the container', () => {
  test('root in the container can neither change, replace nor hide it', async () => {
    const abort = new AbortController();
    await using engine = openEmbedded({ signal: abort.signal, agentFile, version: '0.0' });
    await using scratch = await openScratch();
    const program = join(scratch.path, 'program');
    await writeFile(program, 'ours', { mode: 0o755 });
    const attempts = [
      'echo x >>$p',
      'rm -f $p',
      'mv /v/other $p',
      'mv $p /v/gone',
      'mv /v /w',
      'umount $p',
      'chmod 0 $p',
    ];
    const line = `p=/v/program; echo x >/v/other; (${attempts.join('; ')}) 2>/dev/null; cat $p; ls -l $p`;
    await using container = await engine.createContainer({
      ...plainSpec,
      image: await contractArchive('contract-bare'),
      ...{ entrypoint: '/bin/sh', command: ['-c', line], anonymousVolumes: ['/v'] },
    });
    await container.copyIn(program, '/v/program');
    const output = await container.runToEnd({ timeoutMs: 60_000, signal: abort.signal });
    if (output === 'timeout') throw new Error('it did not end');
    expect(output.stdout.toString('utf8')).toMatch(/^ours-rwxr-xr-x/);
    expect(await readFile(program, 'utf8')).toBe('ours');
  });
});

describeOnEngine('embedded, and an archive that changes', () => {
  test('another archive under the same name, after the first was verified: nothing of it runs', async () => {
    const abort = new AbortController();
    await using engine = openEmbedded({ signal: abort.signal, agentFile, version: '0.0' });
    await using scratch = await openScratch();
    const [archive, other] = [join(scratch.path, 'image.tar'), join(scratch.path, 'other.tar')];
    await copyFile(await contractArchive('contract-bare'), archive);
    await copyFile(await contractArchive('contract'), other);
    await engine.openImage?.(archive);
    await rename(other, archive);
    const creation = engine.createContainer({ ...plainSpec, image: archive, entrypoint: '/bin/true' });
    await expect(creation).rejects.toMatchObject({ code: 'archive-invalid' });
  });
});

/** The container's directory, and its control group where there is one. */
async function remains({ id }: Container): Promise<() => Promise<readonly string[]>> {
  const places: string[] = [];
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(`slimtrace-${process.pid}-`)) places.push(join(tmpdir(), name, `container-${id}`));
  places.push(...controlGroups(id));
  const isThere = (path: string) =>
    access(path).then(
      () => [path],
      () => [],
    );
  return async () => (await Promise.all(places.map(isThere))).flat();
}

function controlGroups(id: string): string[] {
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'].map((root) => join(root, `slimtrace-${process.pid}-${id}`));
}

async function limitMemory(id: string, sizeBytes: number): Promise<void> {
  const [unified = '', memory = ''] = controlGroups(id);
  const files = [join(unified, 'memory.max'), join(memory, 'memory.limit_in_bytes')];
  const written = await Promise.allSettled(files.map((file) => writeFile(file, String(sizeBytes), { flag: 'r+' })));
  if (written.every(({ status }) => status === 'rejected')) throw new Error('no control group to limit');
}
