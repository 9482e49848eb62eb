/**
 * What a container runtime itself calls between installing the filter and executing the program. Measured with strace on
 * runc 1.1.5, `run` and `exec`: without no_new_privs it installs the filter before it takes capabilities and the user away,
 * with it as the last thing. What other versions of runc, and crun, may call in its place is added from what their steps are
 * known to be (OCI runtime-spec config.md, "Linux process"), unmeasured.
 */
export const runtimeSyscalls: readonly string[] = [
  // Descriptors that must not get through, the FIFO that `start` waits at, and where the program is.
  ...['access', 'close_range', 'faccessat', 'faccessat2', 'fstatfs', 'getcwd', 'getdents', 'getdents64', 'newfstatat'],
  ...['open', 'openat', 'openat2', 'readlink', 'readlinkat', 'stat', 'statx', 'lstat', 'umask'],
  // The user, its groups, its capabilities, its terminal.
  ...[
    'capget',
    'capset',
    'chdir',
    'fchdir',
    'fchown',
    'ioctl',
    'prctl',
    'setgid',
    'setgroups',
    'setresgid',
    'setresuid',
  ],
  ...['setsid', 'setuid', 'getgroups', 'setfsgid', 'setfsuid'],
  ...['execve', 'execveat', 'exit', 'exit_group'],
  // Go's own runtime, which runc is written in: network poller, threads, the limit of open files put back before execve.
  ...['epoll_create1', 'epoll_ctl', 'epoll_pwait', 'epoll_pwait2', 'epoll_wait', 'eventfd2', 'getrandom', 'getrlimit'],
  ...['prlimit64', 'setrlimit', 'sched_getaffinity', 'uname', 'poll', 'ppoll', 'pselect6', 'select'],
  // docker run --init: tini waits for signals and hands the terminal on.
  ...['rt_sigtimedwait', 'rt_sigtimedwait_time64', 'setpgid'],
];
