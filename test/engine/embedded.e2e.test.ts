import { access, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentFile } from '../../src/agent/agent-file.ts';
import { openEmbedded } from '../../src/engine/embedded/embedded.ts';
import type { Container } from '../../src/engine/engine.ts';
import { describeOnEngine } from '../support/run-docker.ts';
import { describeEngineContract } from './contract.ts';
import { contractArchive } from './contract-images.ts';

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
