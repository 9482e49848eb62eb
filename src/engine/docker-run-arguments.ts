import type { ContainerSpec } from './engine.js';
import { writablePlaces } from './writable-places.js';

/**
 * The arguments of `docker create` for a container (docker-create(1)).
 *
 * @param tmpfsOptions what every tmpfs is mounted with, beside the engine's own choices
 */
export function createArguments(
  spec: ContainerSpec,
  labels: readonly string[],
  tmpfsOptions: readonly string[] = [],
): string[] {
  const writable = writablePlaces(spec);
  const tmpfs = (path: string, options: readonly string[]) => [
    '--tmpfs',
    [path, options.join()].filter(Boolean).join(':'),
  ];
  return [
    'create',
    ...labels.flatMap((label) => ['--label', label]),
    ...spec.env.flatMap((variable) => ['--env', variable]),
    ...spec.envFiles.flatMap((file) => ['--env-file', file]),
    ...spec.volumes.flatMap((volume) => ['--volume', volume]),
    ...[...(spec.anonymousVolumes ?? []), ...writable.volumes].flatMap((path) => ['--volume', path]),
    ...(spec.tmpfs ?? []).flatMap((path) => tmpfs(path, tmpfsOptions)),
    // Otherwise it has the mode of what the image has there, which may be nothing; Podman would let programs run from it.
    ...writable.tmpfs.flatMap((path) => tmpfs(path, ['mode=1777', 'noexec', ...tmpfsOptions])),
    ...(spec.isHardened ? hardening : []),
    ...optional('--network', spec.network),
    ...exposureArguments(spec.exposure),
    ...optional('--user', spec.user),
    ...optional('--workdir', spec.workdir),
    ...optional('--entrypoint', spec.entrypoint),
    ...(spec.addedCapabilities ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...(spec.securityOptions ?? []).flatMap((option) => ['--security-opt', option]),
    ...healthArguments(spec.healthcheck),
    ...(spec.keepLogs === false ? ['--log-driver', 'none'] : []),
    ...namespaceArguments(spec.namespaces),
    ...(spec.attached === undefined ? [] : ['--interactive']),
    ...(spec.attached === 'terminal' ? ['--tty'] : []),
    '--',
    spec.image,
    ...spec.command,
  ];
}

const hardening = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

function optional(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [flag, value];
}

function namespaceArguments(namespaces: ContainerSpec['namespaces']): string[] {
  if (namespaces === undefined) return [];
  const { pid, network, ipc, userns } = namespaces;
  return ['--pid', pid, '--network', network, ...optional('--ipc', ipc), ...optional('--userns', userns)];
}

function exposureArguments(exposure: ContainerSpec['exposure']): string[] {
  if (exposure === undefined) return [];
  const { publish, publishesAll, name, networkAliases } = exposure;
  return [
    ...publish.flatMap((port) => ['--publish', port]),
    ...(publishesAll ? ['--publish-all'] : []),
    ...optional('--name', name),
    ...networkAliases.flatMap((alias) => ['--network-alias', alias]),
  ];
}

function healthArguments(healthcheck: ContainerSpec['healthcheck']): string[] {
  if (healthcheck === undefined) return [];
  return healthcheck === 'none' ? ['--no-healthcheck'] : ['--health-interval', `${healthcheck}s`];
}
