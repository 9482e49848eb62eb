import { type Finding, finding, isAtLeast } from './finding.js';

/** What we read of `docker info --format '{{json .}}'` (Engine API, "SystemInfo"); any of it may be missing. */
export interface DockerInfo {
  readonly ServerVersion?: string;
  readonly Driver?: string;
  readonly CgroupVersion?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly Architecture?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly DefaultRuntime?: string;
  readonly ClientInfo?: { readonly Context?: string; readonly Plugins?: readonly { readonly Name?: string }[] | null };
}

/** What we read of `podman info --format json` (podman-info(1)). */
export interface PodmanInfo {
  readonly host?: {
    readonly kernel?: string;
    readonly cgroupVersion?: string;
    readonly serviceIsRemote?: boolean;
    readonly ociRuntime?: { readonly name?: string };
    readonly security?: {
      readonly rootless?: boolean;
      readonly seccompEnabled?: boolean;
      readonly apparmorEnabled?: boolean;
      readonly selinuxEnabled?: boolean;
    };
  };
  readonly store?: { readonly graphDriverName?: string };
  readonly version?: { readonly Version?: string };
}

/** What is to be known of an engine that has a daemon or a service, whichever it is. */
interface EngineFacts {
  readonly kernel: string;
  readonly runtime: string;
  readonly storage: string;
  readonly cgroups: string;
  /** `rootless`, `user namespaces`, `seccomp`, `apparmor` … */
  readonly security: readonly string[];
}

/**
 * What is to be known of a Docker engine that answers.
 *
 * @param endpoint where its client looks for the daemon: `unix:///var/run/docker.sock`; undefined when it doesn't say
 */
export function examineDocker(info: DockerInfo, endpoint: string | undefined): readonly Finding[] {
  const security = (info.SecurityOptions ?? []).map(securityWord);
  return [
    finding('engine', 'ok', `Docker ${info.ServerVersion ?? '?'} answers (${whereIs(endpoint)}${rightsOf(security)})`),
    ...examine({
      kernel: info.KernelVersion ?? '',
      runtime: info.DefaultRuntime ?? '',
      storage: info.Driver ?? '',
      cgroups: info.CgroupVersion ?? '',
      security,
    }),
    buildKit(info),
  ];
}

/** The same of Podman, which has no daemon to be found. */
export function examinePodman({ host = {}, store = {}, version = {} }: PodmanInfo): readonly Finding[] {
  const { rootless, seccompEnabled, apparmorEnabled, selinuxEnabled } = host.security ?? {};
  const security = [
    ...(rootless ? ['rootless'] : []),
    ...(seccompEnabled ? ['seccomp'] : []),
    ...(apparmorEnabled ? ['apparmor'] : []),
    ...(selinuxEnabled ? ['selinux'] : []),
  ];
  const where = host.serviceIsRemote ? 'another machine’s' : 'this machine’s';
  return [
    finding('engine', 'ok', `Podman ${version.Version ?? '?'} works (${where}; ${rightsOf(security)})`),
    ...examine({
      kernel: host.kernel ?? '',
      runtime: host.ociRuntime?.name ?? '',
      storage: store.graphDriverName ?? '',
      cgroups: (host.cgroupVersion ?? '').replace('v', ''),
      security,
    }),
  ];
}

function whereIs(endpoint: string | undefined): string {
  if (endpoint === undefined) return '';
  const isLocal = /^(?:unix|npipe):/.test(endpoint);
  return `${endpoint}, ${isLocal ? 'this machine’s' : 'another machine’s'}; `;
}

function rightsOf(security: readonly string[]): string {
  if (security.includes('rootless')) return 'rootless';
  return security.includes('userns') ? 'root’s, containers in a user namespace' : 'root’s';
}

/** `name=seccomp,profile=default`: the profile is told where it isn't the default. */
function securityWord(option: string): string {
  const [, name = option] = /name=([^,]+)/.exec(option) ?? [];
  const [, profile] = /profile=([^,]+)/.exec(option) ?? [];
  return profile === undefined || /^(?:default|builtin)$/.test(profile) ? name : `${name} (${profile})`;
}

/** Sandboxes whose kernel is not Linux, or not this one. */
const sandboxes = /runsc|gvisor|kata|sysbox/i;

function examine({ kernel, runtime, storage, cgroups, security }: EngineFacts): Finding[] {
  const confined = security.filter((word) => word !== 'rootless' && word !== 'userns');
  return [
    kernel === '' || isAtLeast(kernel, 5, 5)
      ? finding('kernel', 'ok', `Linux ${kernel || 'of an unknown version'}, runtime ${runtime || 'unknown'}`)
      : finding('kernel', 'problem', `Linux ${kernel}: tracing needs 5.5 or later`, 'run the engine on a newer kernel'),
    ...(sandboxes.test(runtime)
      ? [
          finding(
            'runtime',
            'warning',
            `${runtime} runs containers on a kernel of its own`,
            'make runc or crun the default runtime for the machine that slims',
          ),
        ]
      : []),
    storage === 'vfs'
      ? finding(
          'storage',
          'warning',
          'vfs copies a whole image for every container: slow, and it fills disks',
          'use overlay2 or overlay (fuse-overlayfs for rootless)',
        )
      : finding('storage', 'ok', `${storage || 'unknown'}, cgroups v${cgroups || '?'}`),
    finding('confinement', 'ok', confined.join(', ') || 'none beyond namespaces and capabilities'),
  ];
}

function buildKit({ ClientInfo, ServerVersion = '' }: DockerInfo): Finding {
  const hasBuildx = (ClientInfo?.Plugins ?? []).some(({ Name }) => Name === 'buildx');
  if (hasBuildx) return finding('buildkit', 'ok', 'docker buildx is there');
  if (!isAtLeast(ServerVersion, 18, 9)) return finding('buildkit', 'note', 'this engine has none');
  return finding(
    'buildkit',
    'note',
    'the client has no buildx: what slimtrace dockerfile writes is built with DOCKER_BUILDKIT=1 by clients before 23 only',
    'install Docker’s buildx plugin if you build such a Dockerfile here',
  );
}
