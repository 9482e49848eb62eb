import { createArguments } from './docker-run-arguments.js';
import type { ContainerSpec } from './engine.js';

/**
 * The arguments of `podman create` for a container (podman-create(1)): Docker's, where Podman means the same by them.
 * A tmpfs begins with the image's files unless told not to, proxies of this machine's environment get in unless told
 * not to, and an interval without a command for it is ignored.
 */
export function podmanCreateArguments(spec: ContainerSpec, labels: readonly string[]): string[] {
  const { healthcheck, ...rest } = spec;
  const [create = 'create', ...others] = createArguments(
    { ...rest, ...(healthcheck === 'none' ? { healthcheck } : {}) },
    labels,
    ['notmpcopyup'],
  );
  return [create, '--http-proxy=false', ...others];
}
