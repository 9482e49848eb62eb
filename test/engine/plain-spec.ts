import type { ContainerSpec, RunOptions } from '../../src/engine/engine.ts';

/** Nothing asked for: as `docker run --network none IMAGE`. */
export const plainRun: RunOptions = {
  env: [],
  envFiles: [],
  volumes: [],
  network: 'none',
  user: undefined,
  workdir: undefined,
  entrypoint: undefined,
  command: [],
};

/** The same, without the image's HEALTHCHECK. */
export const plainSpec: Omit<ContainerSpec, 'image'> = { ...plainRun, healthcheck: 'none' };
