import { expect, test } from 'vitest';
import { parseTeamDockerfile } from '../src/build/dockerfile/team-dockerfile.ts';
import { openDockerfileSource } from '../src/dockerfile-image.ts';
import type { EngineImage } from '../src/engine/engine.ts';
import type { ImageConfig } from '../src/image/image.ts';

const team = parseTeamDockerfile('FROM a\n', 'Dockerfile');

async function open(config: ImageConfig, about: { readonly isTeams?: boolean; readonly builder?: string } = {}) {
  const image = { config, names: ['app:1'], repoDigests: [] as readonly string[] } as unknown as EngineImage;
  const engine = { keepsImages: true, inspectImage: async () => image };
  const request = { reference: 'app:1', team: about.isTeams === true ? team : undefined, builder: about.builder };
  return await openDockerfileSource(request, undefined, engine);
}

test('what no Dockerfile can say is refused before any work', async () => {
  await expect(open({ Env: ['A=b\nc'] })).rejects.toThrow('the environment variable "A"');
  const triggers = { OnBuild: ['RUN x'] };
  await expect(open(triggers, { isTeams: true })).rejects.toThrow('a stage with ONBUILD');
  expect((await open(triggers, { isTeams: true, builder: 'debian' })).from).toBeUndefined();
  expect((await open(triggers)).from?.reference).toBe('app:1');
});
