/**
 * Calls that stand in for each other: which one a program makes depends on its C library's version, the kernel, the
 * architecture, or a branch that the trace didn't take (a server that accepted with `accept4` may accept with `accept`).
 * Where one was traced, all are allowed; none gives more power than the one that was. From the kernel's and glibc's manual
 * pages, section 2.
 */
const families: readonly (readonly string[])[] = [
  ['accept', 'accept4'],
  ['access', 'faccessat', 'faccessat2'],
  ['alarm', 'getitimer', 'setitimer'],
  ['chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
  ['chown', 'chown32', 'fchown', 'fchown32', 'fchownat', 'lchown', 'lchown32'],
  ['clock_getres', 'clock_getres_time64'],
  ['clock_nanosleep', 'clock_nanosleep_time64', 'nanosleep'],
  ['copy_file_range', 'sendfile', 'sendfile64', 'splice', 'tee'],
  ['creat', 'open', 'openat', 'openat2'],
  ['epoll_create', 'epoll_create1', 'epoll_ctl', 'epoll_pwait', 'epoll_pwait2', 'epoll_wait'],
  ['eventfd', 'eventfd2'],
  ['execve', 'execveat'],
  ['chdir', 'fchdir', 'getcwd'],
  ['fadvise64', 'fadvise64_64', 'readahead'],
  ['fallocate', 'ftruncate', 'ftruncate64', 'truncate', 'truncate64'],
  ['fdatasync', 'fsync', 'msync', 'sync', 'sync_file_range', 'syncfs'],
  ['flock'],
  [
    'fstat',
    'fstat64',
    'fstatat64',
    'lstat',
    'lstat64',
    'newfstatat',
    'oldfstat',
    'oldlstat',
    'oldstat',
    'stat',
    'stat64',
    'statx',
  ],
  ['fstatfs', 'fstatfs64', 'statfs', 'statfs64'],
  ['futimesat', 'utime', 'utimensat', 'utimensat_time64', 'utimes'],
  ['getdents', 'getdents64', 'readdir'],
  ['getgroups', 'getgroups32'],
  ['getpeername', 'getsockname'],
  ['getpgid', 'getpgrp', 'getsid', 'setpgid', 'setsid'],
  ['getpriority', 'ioprio_get', 'ioprio_set', 'setpriority', 'nice'],
  ['getresgid', 'getresgid32', 'getresuid', 'getresuid32'],
  ['getrlimit', 'prlimit64', 'setrlimit', 'ugetrlimit'],
  ['getrusage', 'times', 'sysinfo'],
  ['getsockopt', 'setsockopt'],
  ['getxattr', 'fgetxattr', 'flistxattr', 'getxattrat', 'lgetxattr', 'listxattr', 'listxattrat', 'llistxattr'],
  ['setxattr', 'fremovexattr', 'fsetxattr', 'lremovexattr', 'lsetxattr', 'removexattr', 'removexattrat', 'setxattrat'],
  ['inotify_add_watch', 'inotify_init', 'inotify_init1', 'inotify_rm_watch'],
  ['io_cancel', 'io_destroy', 'io_getevents', 'io_pgetevents', 'io_pgetevents_time64', 'io_setup', 'io_submit'],
  ['ipc', 'semctl', 'semget', 'semop', 'semtimedop', 'semtimedop_time64'],
  ['ipc', 'shmat', 'shmctl', 'shmdt', 'shmget'],
  ['ipc', 'msgctl', 'msgget', 'msgrcv', 'msgsnd'],
  ['link', 'linkat'],
  ['memfd_create'],
  ['mincore', 'membarrier', 'getcpu', 'mlock', 'mlock2', 'mlockall', 'munlock', 'munlockall'],
  ['mkdir', 'mkdirat'],
  ['mknod', 'mknodat'],
  [
    'mq_getsetattr',
    'mq_notify',
    'mq_open',
    'mq_timedreceive',
    'mq_timedreceive_time64',
    'mq_timedsend',
    'mq_timedsend_time64',
    'mq_unlink',
  ],
  ['pause', 'rt_sigsuspend', 'sigsuspend'],
  ['_newselect', 'poll', 'ppoll', 'ppoll_time64', 'pselect6', 'pselect6_time64', 'select'],
  ['pidfd_open', 'pidfd_send_signal'],
  ['pread64', 'preadv', 'preadv2', 'readv'],
  ['pwrite64', 'pwritev', 'pwritev2', 'writev'],
  ['readlink', 'readlinkat'],
  ['recvfrom', 'recvmmsg', 'recvmmsg_time64', 'recvmsg', 'sendmmsg', 'sendmsg', 'sendto'],
  ['rename', 'renameat', 'renameat2'],
  ['rmdir', 'unlink', 'unlinkat'],
  ['rt_sigpending', 'sigpending', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo'],
  ['rt_sigtimedwait', 'rt_sigtimedwait_time64'],
  [
    'sched_getaffinity',
    'sched_getattr',
    'sched_getparam',
    'sched_getscheduler',
    'sched_get_priority_max',
    'sched_get_priority_min',
    'sched_rr_get_interval',
    'sched_rr_get_interval_time64',
  ],
  ['sched_setaffinity', 'sched_setattr', 'sched_setparam', 'sched_setscheduler'],
  ['setfsgid', 'setfsgid32', 'setfsuid', 'setfsuid32'],
  ['setgid', 'setgid32', 'setregid', 'setregid32', 'setresgid', 'setresgid32'],
  ['setgroups', 'setgroups32'],
  ['setuid', 'setuid32', 'setreuid', 'setreuid32', 'setresuid', 'setresuid32'],
  ['shutdown'],
  ['signalfd', 'signalfd4'],
  ['symlink', 'symlinkat'],
  [
    'timer_create',
    'timer_delete',
    'timer_getoverrun',
    'timer_gettime',
    'timer_gettime64',
    'timer_settime',
    'timer_settime64',
  ],
  ['timerfd_create', 'timerfd_gettime', 'timerfd_gettime64', 'timerfd_settime', 'timerfd_settime64'],
  ['umask'],
  ['uname', 'olduname', 'oldolduname'],
];

/** Who connects may also send, be answered and hang up; who listens, accept: a check needs not have come so far. */
const implied: Readonly<Record<string, readonly string[]>> = {
  bind: ['getsockname', 'getpeername'],
  connect: [
    'getsockopt',
    'setsockopt',
    'getsockname',
    'getpeername',
    'sendto',
    'recvfrom',
    'sendmsg',
    'recvmsg',
    'shutdown',
    'poll',
  ],
  listen: [
    'accept',
    'accept4',
    'bind',
    'getsockname',
    'getpeername',
    'setsockopt',
    'getsockopt',
    'shutdown',
    'sendto',
    'recvfrom',
    'sendmsg',
    'recvmsg',
    'writev',
    'readv',
  ],
  socket: [
    'connect',
    'bind',
    'getsockopt',
    'setsockopt',
    'getsockname',
    'socketpair',
    'shutdown',
    'sendto',
    'recvfrom',
    'sendmsg',
    'recvmsg',
  ],
  socketcall: [
    'accept',
    'bind',
    'connect',
    'getsockopt',
    'listen',
    'sendto',
    'recvfrom',
    'sendmsg',
    'recvmsg',
    'shutdown',
    'socket',
    'socketpair',
    'getsockname',
  ],
  socketpair: ['sendmsg', 'recvmsg', 'sendto', 'recvfrom', 'shutdown'],
  mkdir: ['rmdir', 'unlink', 'rename', 'openat'],
  rename: ['unlink', 'link', 'fsync'],
  ftruncate: ['unlink', 'fsync'],
  fsync: ['ftruncate', 'fallocate'],
  openat: [
    'fstat',
    'getdents64',
    'pread64',
    'readv',
    'pwrite64',
    'writev',
    'fstatfs',
    'lseek',
    'readlink',
    'access',
    'ioctl',
    'flock',
    'fadvise64',
  ],
  poll: ['epoll_wait'],
};

/** What a program that writes files does with them sooner or later; that it creates one is in no call's name. */
export const ofWriters: readonly string[] = [
  ...['fallocate', 'fchmod', 'flock', 'fsync', 'ftruncate', 'link', 'mkdir', 'pwrite64', 'rename', 'rmdir', 'unlink'],
  ...['utimensat', 'writev'],
];

/** Calls with all that may take their place. */
export function withFamilies(syscalls: Iterable<string>): ReadonlySet<string> {
  const all = new Set<string>();
  const pending = [...syscalls];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (all.has(name)) continue;
    all.add(name);
    pending.push(...(relatives.get(name) ?? []));
  }
  return all;
}

const relatives = gatherRelatives();

function gatherRelatives(): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  const add = (name: string, others: readonly string[]) => map.set(name, [...(map.get(name) ?? []), ...others]);
  for (const family of families) {
    for (const name of family) add(name, family);
  }
  for (const [name, others] of Object.entries(implied)) add(name, others);
  return map;
}
