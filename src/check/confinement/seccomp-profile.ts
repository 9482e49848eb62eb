import { syscallNames, syscallNumbers } from '../../trace/syscall-names.js';
import { everyProgram } from './every-program.js';
import { runtimeSyscalls } from './runtime-syscalls.js';
import { withFamilies } from './syscall-families.js';

/** A seccomp profile as Docker, Podman and Kubernetes read it (OCI runtime-spec, config-linux.md, Seccomp). */
export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_MASKED_EQ' | 'SCMP_CMP_EQ' | 'SCMP_CMP_NE';
}

/** What a profile was made from and what came of it. */
export interface PlannedSeccomp {
  readonly profile: SeccompProfile;
  /** How many calls it allows, by name. */
  readonly allowed: number;
  /** Traced and yet not allowed: Docker's own default profile refuses them too, or we have no name for them. */
  readonly refused: readonly string[];
}

/** errno(3) on every architecture here. */
const EPERM = 1;
const ENOSYS = 38;

/**
 * Programs and C libraries try calls from getrandom (Linux 3.17) on, fall back on older ones when they are told ENOSYS, and give
 * up when told EPERM. The numbers are x86-64's, and i386's of what it has alone: the calls with 64-bit times (Linux 5.1).
 */
const firstWithFallback = { x86: 318, i386: 403 };

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (clone(2)), the mask of Docker's own profile. */
const namespaceFlags = 0x7e020000;

/** AF_VSOCK reaches the hypervisor past every network namespace. */
const vsock = 40;

/** The persona of an ordinary program and its variants (personality(2)): none of them weakens it. */
const personae = [0, 8, 0x20000, 0x20008, 0xffffffff];

/**
 * What the profile allows no container, traced or not: Docker's default refuses it to a container without added capabilities
 * (moby, profiles/seccomp/default_linux.go), and the application got on without it when it was checked untraced. The arguments of
 * clone3 are in memory, out of a filter's sight; libraries fall back on clone.
 */
const neverAllowed: ReadonlySet<string> = new Set([
  ...[
    '_sysctl',
    'acct',
    'add_key',
    'afs_syscall',
    'bdflush',
    'bpf',
    'clone3',
    'clock_adjtime64',
    'clock_settime',
    'clock_settime64',
  ],
  ...['create_module', 'delete_module', 'fanotify_init', 'finit_module', 'fsconfig', 'fsmount', 'fsopen', 'fspick'],
  ...['get_kernel_syms', 'init_module', 'io_uring_enter', 'io_uring_register', 'io_uring_setup', 'ioperm', 'iopl'],
  ...[
    'get_mempolicy',
    'kcmp',
    'kexec_file_load',
    'kexec_load',
    'keyctl',
    'listmount',
    'lookup_dcookie',
    'lsm_set_self_attr',
    'mbind',
    'mount',
    'mount_setattr',
  ],
  ...['move_mount', 'move_pages', 'migrate_pages', 'nfsservctl', 'open_by_handle_at', 'open_tree', 'open_tree_attr'],
  ...[
    'perf_event_open',
    'pidfd_getfd',
    'pivot_root',
    'process_madvise',
    'query_module',
    'quotactl',
    'quotactl_fd',
    'reboot',
    'request_key',
    'set_mempolicy',
    'set_mempolicy_home_node',
  ],
  ...[
    'setdomainname',
    'sethostname',
    'setns',
    'settimeofday',
    'statmount',
    'stime',
    'swapoff',
    'swapon',
    'sysfs',
    'syslog',
  ],
  ...['umount', 'umount2', 'unshare', 'uselib', 'userfaultfd', 'ustat', 'vhangup', 'vm86', 'vm86old', 'vserver'],
]);

/**
 * Plans the profile for what was traced: the calls, their families, and what every program and the runtime itself need. It
 * never allows more than Docker's default. What it doesn't allow fails with EPERM, or with ENOSYS where programs fall back on
 * that; a call that no one knows yet with ENOSYS, as Podman's default does (containers/common, pkg/seccomp).
 *
 * @param implied what goes with them though no trace has it
 * @param architecture GOARCH name
 */
export function planSeccomp(
  traced: readonly string[],
  implied: readonly string[],
  architecture: string,
): PlannedSeccomp {
  const known = new Set(syscallNames);
  const wanted = [...withFamilies([...traced, ...implied]), ...everyProgram, ...runtimeSyscalls].filter((name) =>
    known.has(name),
  );
  const allowed = new Set(wanted.filter((name) => !neverAllowed.has(name)));
  const isListed = (name: string) => !judged.has(name);
  const others = syscallNames.filter((name) => !allowed.has(name));
  const rules: readonly SeccompRule[] = [
    { names: [...allowed, ...ofArm(architecture)].filter(isListed).sort(), action: 'SCMP_ACT_ALLOW' },
    ...[...judged].flatMap(([name, rule]) => (allowed.has(name) ? rule : [])),
    { names: others.filter(isRecent), action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    { names: others.filter((name) => !isRecent(name)), action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
  ];
  return {
    profile: {
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: ENOSYS,
      architectures: architecturesOf(architecture),
      syscalls: rules.filter(({ names }) => names.length > 0),
    },
    allowed: allowed.size + ofArm(architecture).length,
    refused: traced.filter((name) => !allowed.has(name)),
  };
}

function isRecent(name: string): boolean {
  const { x86, i386 } = syscallNumbers(name);
  return x86 >= firstWithFallback.x86 || (x86 === -1 && i386 >= firstWithFallback.i386);
}

/** The profile's file: the same plan, the same bytes. */
export function renderSeccompProfile(profile: SeccompProfile): string {
  return `${JSON.stringify(profile, undefined, 2)}\n`;
}

const argument = (
  index: number,
  op: SeccompArgument['op'],
  value: number,
  valueTwo = 0,
): readonly SeccompArgument[] => [{ index, value, valueTwo, op }];

/** Calls that are allowed for some arguments only. */
const judged: ReadonlyMap<string, readonly SeccompRule[]> = new Map([
  ['clone', [{ names: ['clone'], action: 'SCMP_ACT_ALLOW', args: argument(0, 'SCMP_CMP_MASKED_EQ', namespaceFlags) }]],
  ['socket', [{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: argument(0, 'SCMP_CMP_NE', vsock) }]],
  [
    'personality',
    personae.map((persona) => ({
      names: ['personality'],
      action: 'SCMP_ACT_ALLOW',
      args: argument(0, 'SCMP_CMP_EQ', persona),
    })),
  ],
] as readonly (readonly [string, readonly SeccompRule[]])[]);

/** What 32-bit ARM programs call beside Linux's common table, their C library at the start (set_tls, cacheflush). */
function ofArm(architecture: string): readonly string[] {
  return architecture === 'arm64'
    ? ['arm_fadvise64_64', 'breakpoint', 'cacheflush', 'set_tls', 'sync_file_range2']
    : [];
}

/** The machine's own table and those it can run besides: a call by one that isn't listed would end the program. */
function architecturesOf(architecture: string): readonly string[] {
  return architecture === 'arm64'
    ? ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']
    : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'];
}
