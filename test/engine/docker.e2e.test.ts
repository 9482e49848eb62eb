import { agentFile } from '../../src/agent/agent-file.ts';
import { openDocker } from '../../src/engine/docker.ts';
import type { Container } from '../../src/engine/engine.ts';
import { startSession } from '../../src/system/session.ts';
import { describeOnEngine, docker } from '../support/run-docker.ts';
import { describeEngineContract } from './contract.ts';
import { ensureContractImage } from './contract-images.ts';

describeOnEngine('docker', () => {
  describeEngineContract('keeps the engine contract', {
    open: async () => {
      const abort = new AbortController();
      const openAs = (session: ReturnType<typeof startSession>) =>
        openDocker({ session, signal: abort.signal, relayFile: agentFile });
      return {
        engine: openAs(startSession()),
        image: ensureContractImage,
        openAs,
        remains,
        limitMemory: async ({ id }, sizeBytes) =>
          void (await docker(['update', '--memory', `${sizeBytes}`, '--memory-swap', `${sizeBytes}`, id])),
        [Symbol.asyncDispose]: async () => abort.abort(),
      };
    },
  });
});

async function remains({ id }: Container): Promise<() => Promise<readonly string[]>> {
  const volumes = await docker(['inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}', id]);
  const parts = [['container', id], ...volumes.split(' ').flatMap((name) => (name === '' ? [] : [['volume', name]]))];
  return async () => {
    const left = await Promise.all(
      parts.map(([kind = '', name = '']) =>
        docker([kind, 'inspect', '--format', '.', name]).then(
          () => [`${kind} ${name}`],
          () => [],
        ),
      ),
    );
    return left.flat();
  };
}
