import type { ContainerSpec } from '../../src/engine/engine.ts';
import { plainRun } from '../../src/engine/plain-run.ts';

/** Nothing asked for, and without the image's HEALTHCHECK. */
export const plainSpec: Omit<ContainerSpec, 'image'> = { ...plainRun, healthcheck: 'none' };
