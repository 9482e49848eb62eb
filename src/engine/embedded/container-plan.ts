import type { ImageConfig } from '../../image/image.js';
import { containerCommand } from '../container-command.js';
import type { ContainerSpec } from '../engine.js';
import { writablePlaces } from '../writable-places.js';
import type { BindMount } from './container-volumes.js';

/** Everything about one container but where its root is. */
export interface ContainerPlan {
  readonly spec: ContainerSpec;
  readonly config: ImageConfig;
  readonly hostname: string;
  readonly environment: readonly string[];
  readonly binds: readonly BindMount[];
  readonly directories: readonly string[];
  readonly controlGroup: string | undefined;
}

/** Nothing that a smoke test starts computes for as long, or writes a file as large. */
const maxCpuSeconds = 24 * 60 * 60;
const maxFileBytes = 64 * 1024 ** 3;

/** The arguments of the agent's `contain` for a container (protocol: src/agent/native/contain.c). */
export function containArguments(plan: ContainerPlan, userns: string, root: readonly string[]): string[] {
  const { spec, config, binds, directories } = plan;
  return [
    ...['--userns', userns],
    ...root,
    ...(spec.isHardened ? ['--read-only', ...writableArguments(plan)] : []),
    ...byDepth(binds).flatMap(({ source, target, isReadOnly }) => [
      ...['--bind', source, target],
      isReadOnly ? 'ro' : 'rw',
    ]),
    ...(spec.tmpfs ?? []).flatMap((path) => ['--tmpfs', path]),
    ...directories.flatMap((path) => ['--directory', path]),
    ...['--hostname', plan.hostname],
    ...['--network', spec.network === 'host' ? 'host' : 'none'],
    ...processArguments(plan, {}),
    '--',
    ...containerCommand(spec, config),
  ];
}

/** Volumes are part of the container's root here: on a read-only one they need a mount of their own. */
function writableArguments({ spec, directories }: ContainerPlan): string[] {
  const { tmpfs, volumes } = writablePlaces(spec);
  const places = [
    ...[...directories, ...volumes].map((target) => ({ option: '--writable', target })),
    ...tmpfs.map((target) => ({ option: '--tmpfs', target })),
  ];
  return byDepth(places).flatMap(({ option, target }) => [option, target]);
}

/** What is mounted later lies over what is mounted before: the way to a place before the place, as Docker does. */
function byDepth<Place extends { readonly target: string }>(places: readonly Place[]): Place[] {
  return [...places].sort((left, right) => depthOf(left.target) - depthOf(right.target));
}

function depthOf(path: string): number {
  return path.split('/').filter((name) => name !== '' && name !== '.').length;
}

/** The arguments of the agent's `enter` for a command in a running container. */
export function enterArguments(
  plan: ContainerPlan,
  place: { readonly hostPid: number; readonly keeperPid: number },
  command: readonly string[],
  user: string | undefined,
): string[] {
  return ['enter', ...placeArguments(place), ...processArguments(plan, { user }), '--', ...command];
}

/** The arguments of the agent's `enter` for a connection to a port of a container on its loopback. */
export function relayArguments(
  place: { readonly hostPid: number; readonly keeperPid: number },
  port: number,
): string[] {
  return ['enter', ...placeArguments(place), '--relay', '127.0.0.1', String(port)];
}

const environmentPrefix = 'SLIMTRACE_ENV_';

/** A container's environment in the agent's own: arguments are for every user of the machine to read (proc(5)). */
export function agentEnvironment({ environment }: ContainerPlan): Record<string, string> {
  return Object.fromEntries(
    environment.map((variable) => {
      const cut = variable.indexOf('=');
      return [`${environmentPrefix}${variable.slice(0, cut)}`, variable.slice(cut + 1)];
    }),
  );
}

function placeArguments({ hostPid, keeperPid }: { readonly hostPid: number; readonly keeperPid: number }): string[] {
  return ['--pid', String(hostPid), '--keeper', String(keeperPid)];
}

function processArguments(
  { spec, config, environment, controlGroup }: ContainerPlan,
  own: { readonly user?: string | undefined },
) {
  const capabilities = (spec.addedCapabilities ?? []).map((name) => name.toLowerCase());
  const hasHome = environment.some((variable) => variable.startsWith('HOME='));
  return [
    ...['--user', own.user ?? spec.user ?? config.User ?? ''],
    ...['--workdir', spec.workdir ?? (config.WorkingDir || '/')],
    ...['--env-prefix', environmentPrefix],
    ...['--cpu-seconds', String(maxCpuSeconds), '--file-bytes', String(maxFileBytes)],
    ...(controlGroup === undefined ? [] : ['--cgroup', controlGroup]),
    ...(hasHome ? [] : ['--set-home']),
    ...(spec.isHardened ? ['--hardened'] : []),
    ...(capabilities.length === 0 ? [] : ['--add-caps', capabilities.join(',')]),
  ];
}
