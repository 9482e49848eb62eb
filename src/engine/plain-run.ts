import type { RunOptions } from './engine.js';

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
