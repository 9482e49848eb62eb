import { expect, test, vi } from 'vitest';
import { agentFile } from '../../src/agent/agent-file.ts';
import { TracedContainer } from '../../src/agent/traced-container.ts';
import { openDocker } from '../../src/engine/docker.ts';
import { openEmbedded } from '../../src/engine/embedded/embedded.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { plainRun } from '../../src/engine/plain-run.ts';
import { startSession } from '../../src/system/session.ts';
import { contractArchive, ensureContractImage } from '../engine/contract-images.ts';
import { describeOnEngine } from '../support/run-docker.ts';

const signal = new AbortController().signal;

const engines: readonly { name: string; open: () => Engine; image: () => Promise<string> }[] = [
  {
    name: 'docker',
    open: () => openDocker({ session: startSession(), signal, relayFile: agentFile }),
    image: () => ensureContractImage('contract-bare'),
  },
  {
    name: 'embedded',
    open: () => openEmbedded({ signal, agentFile, version: '0.0' }),
    image: () => contractArchive('contract-bare'),
  },
];

describeOnEngine('a traced container', () => {
  test.each(engines)(
    'on $name: the ports it listens on, whoever it runs as, and none once it has ended',
    async (on) => {
      await using engine = on.open();
      const image = await engine.inspectImage(await on.image());
      const run = {
        ...plainRun,
        ...{ user: 'app', entrypoint: '/bin/sh', command: ['-c', 'nc -l -p 7001 & nc -l -p 80 & exec sleep 600'] },
      };
      await using container = await TracedContainer.create(engine, image, run, { hasHome: true });
      await container.start();
      await vi.waitUntil(async () => (await container.listeningPorts()).length === 2, {
        timeout: 20_000,
        interval: 200,
      });
      expect(await container.listeningPorts()).toEqual([80, 7001]);
      const { paths } = await container.finish(0);
      expect(paths.map(({ path }) => path)).not.toContain('/proc/net/tcp');
      expect(await container.listeningPorts()).toEqual([]);
    },
  );

  test.each(engines)('on $name: a command that the end came before has no part in the trace', async (on) => {
    await using engine = on.open();
    const image = await engine.inspectImage(await on.image());
    const run = { ...plainRun, entrypoint: '/bin/true' };
    await using container = await TracedContainer.create(engine, image, run, { hasHome: true });
    await container.start();
    await container.waitForEnd(signal);
    expect((await container.exec(['/bin/true'])).exitCode).not.toBe(0);
    expect((await container.finish(0)).runs).toEqual([{ command: ['/bin/true'], mode: 'init', end: 'exit' }]);
  });
});
