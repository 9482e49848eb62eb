import { existsSync } from 'node:fs';
import { agentFile } from '../../src/agent/agent-file.ts';
import type { Container } from '../../src/engine/engine.ts';
import { openPodman } from '../../src/engine/podman.ts';
import { type Session, startSession } from '../../src/system/session.ts';
import { describeOnEngine } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, podman } from '../support/run-podman.ts';
import { type ContractOptions, describeEngineContract, type EngineUnderTest } from './contract.ts';
import { type ContractImageName, contractArchive } from './contract-images.ts';

// Docker makes the images. Rootless Podman is not tested: it needs subordinate IDs and a user session.
describeOnEngine('podman', () => {
  describeOnPodman('as root, on this machine', () => {
    describeEngineContract('keeps the engine contract', {
      open,
      lacks,
    });
  });
});

const lacks: NonNullable<ContractOptions['lacks']> = {
  'missing-workdir': 'podman makes the image’s working directory only',
  // Its monitor, conmon, hears of it from the second version's files.
  ...(existsSync('/sys/fs/cgroup/cgroup.controllers') ? {} : { 'memory-limit': 'podman needs cgroups v2 to tell' }),
};

async function open(): Promise<EngineUnderTest> {
  const abort = new AbortController();
  const configuration = await configurePodman();
  const openAs = (session: Session) => openPodman({ session, signal: abort.signal, relayFile: agentFile });
  return {
    engine: openAs(startSession()),
    image,
    openAs,
    remains,
    limitMemory: async ({ id }, sizeBytes) =>
      void (await podman(['update', '--memory', `${sizeBytes}`, '--memory-swap', `${sizeBytes}`, id])),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await configuration[Symbol.asyncDispose]();
    },
  };
}

const loaded = new Map<ContractImageName, Promise<string>>();

/** A name without a registry, as users give it. */
function image(name: ContractImageName): Promise<string> {
  const load = async () => {
    await podman(['load', '--quiet', '--input', await contractArchive(name)]);
    return `slimtrace-fixture/${name}`;
  };
  const known = loaded.get(name) ?? load();
  loaded.set(name, known);
  return known;
}

async function remains({ id }: Container): Promise<() => Promise<readonly string[]>> {
  const volumes = await podman(['inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}', id]);
  const parts = [['container', id], ...volumes.split(' ').flatMap((name) => (name === '' ? [] : [['volume', name]]))];
  return async () => {
    const left = await Promise.all(
      parts.map(([kind = '', name = '']) =>
        podman([kind, 'exists', name]).then(
          () => [`${kind} ${name}`],
          () => [],
        ),
      ),
    );
    return left.flat();
  };
}
