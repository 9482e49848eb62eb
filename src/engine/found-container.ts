import type { FoundContainer } from './engine.js';

/** What we read of `docker container inspect`, or Podman's, of a container that isn't ours (Docker Engine API v1.41, ContainerInspect). */
export interface FoundInspect {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Restarting?: boolean;
    readonly Pid: number;
  };
  readonly AppArmorProfile?: string;
  readonly HostConfig: { readonly PidMode?: string; readonly IpcMode?: string; readonly UsernsMode?: string };
}

/** What a container looks like to one that joins it. */
export function toFoundContainer(inspected: FoundInspect): FoundContainer {
  const { Id: id, State, HostConfig } = inspected;
  const whose = `container:${id}`;
  return {
    id,
    name: inspected.Name.replace(/^\//, ''),
    status: State.Status,
    isRunning: State.Running && State.Restarting !== true,
    namespaces: {
      pid: whose,
      network: whose,
      // Docker's own default is one that can't be shared (docker-run(1), --ipc).
      ipc: HostConfig.IpcMode === 'shareable' ? whose : undefined,
      userns: usernsOf(HostConfig.UsernsMode, whose),
    },
    securityOptions: securityOptions(inspected.AppArmorProfile ?? ''),
    firstProcess: firstProcess(HostConfig.PidMode ?? '', State.Pid),
  };
}

/** `private` is Podman's word for one with a mapping of its own; `host` is Docker's for one that has none on an engine that remaps. */
function usernsOf(mode: string | undefined, whose: string): string | undefined {
  if (mode === 'private') return whose;
  return mode === 'host' ? 'host' : undefined;
}

/** What runs under the engine's own AppArmor profile may look at nothing else but what does so too (docker-default, ptrace rules). */
function securityOptions(profile: string): readonly string[] {
  return profile === '' || /^(?:docker|containers|crun|libpod)-default/.test(profile) ? [] : ['apparmor=unconfined'];
}

function firstProcess(pidMode: string, hostPid: number): number | undefined {
  if (pidMode === 'host') return hostPid;
  return pidMode.startsWith('container:') ? undefined : 1;
}
