import type { ContainerSpec } from './engine.js';

/** The arguments of `docker create` for a container (docker-create(1)). */
export function createArguments(spec: ContainerSpec, labels: readonly string[]): string[] {
  return [
    'create',
    ...labels.flatMap((label) => ['--label', label]),
    ...spec.env.flatMap((variable) => ['--env', variable]),
    ...spec.envFiles.flatMap((file) => ['--env-file', file]),
    ...spec.volumes.flatMap((volume) => ['--volume', volume]),
    ...(spec.anonymousVolumes ?? []).flatMap((path) => ['--volume', path]),
    ...(spec.tmpfs ?? []).flatMap((path) => ['--tmpfs', path]),
    ...optional('--network', spec.network),
    ...optional('--user', spec.user),
    ...optional('--workdir', spec.workdir),
    ...optional('--entrypoint', spec.entrypoint),
    ...(spec.addedCapabilities ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...(spec.securityOptions ?? []).flatMap((option) => ['--security-opt', option]),
    ...healthArguments(spec.healthcheck),
    ...(spec.keepLogs === false ? ['--log-driver', 'none'] : []),
    '--',
    spec.image,
    ...spec.command,
  ];
}

function optional(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [flag, value];
}

function healthArguments(healthcheck: ContainerSpec['healthcheck']): string[] {
  if (healthcheck === undefined) return [];
  return healthcheck === 'none' ? ['--no-healthcheck'] : ['--health-interval', `${healthcheck}s`];
}
