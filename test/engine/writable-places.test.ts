import { expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/engine/engine.ts';
import { writablePlaces } from '../../src/engine/writable-places.ts';

const plain: ContainerSpec = {
  ...{ image: 'image', env: [], envFiles: [], volumes: [], command: [], isHardened: true },
  ...{ network: undefined, user: undefined, workdir: undefined, entrypoint: undefined },
};

it('are the usual ones', () => {
  expect(writablePlaces(plain)).toEqual({ tmpfs: ['/tmp', '/var/tmp'], volumes: ['/run'] });
});

it('are none in a container that is not hardened: it can write anywhere', () => {
  expect(writablePlaces({ ...plain, isHardened: false })).toEqual({ tmpfs: [], volumes: [] });
});

it.each<[Partial<ContainerSpec>]>([
  [{ volumes: ['/tmp'] }],
  [{ volumes: ['/srv/shared:/tmp'] }],
  [{ volumes: ['named:/tmp/:ro'] }],
  [{ anonymousVolumes: ['/tmp'] }],
  [{ tmpfs: ['/tmp'] }],
])('leave alone what is mounted already: %j', (spec) => {
  expect(writablePlaces({ ...plain, ...spec })).toEqual({ tmpfs: ['/var/tmp'], volumes: ['/run'] });
});

it('are still mounted where only something below them is', () => {
  expect(writablePlaces({ ...plain, volumes: ['/srv:/run/inner', '/tmp:/srv'] }).volumes).toEqual(['/run']);
  expect(writablePlaces({ ...plain, volumes: ['/tmp:/srv'] }).tmpfs).toContain('/tmp');
});
