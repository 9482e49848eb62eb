/**
 * What a C library or a shell may call in any program: every profile allows it, and a full trace doesn't look for it
 * (src/agent/native/unwatched.def has the same names and says why). `clone` is bounded by {@link renderSeccompProfile}.
 */
export const everyProgram: readonly string[] = [
  ...['brk', 'madvise', 'mmap', 'mmap2', 'mprotect', 'mremap', 'munmap'],
  ...['close', 'dup', 'dup2', 'dup3', 'fcntl', 'fcntl64', 'fstat', 'fstat64', '_llseek', 'lseek', 'pipe', 'pipe2'],
  ...['read', 'write'],
  ...['clone', 'clone3', 'fork', 'vfork', 'wait4', 'waitid', 'waitpid'],
  ...['kill', 'tgkill', 'tkill', 'restart_syscall', 'rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn'],
  ...['sigaction', 'sigaltstack', 'sigprocmask', 'sigreturn'],
  ...['getegid', 'getegid32', 'geteuid', 'geteuid32', 'getgid', 'getgid32', 'getuid', 'getuid32'],
  ...['getpgrp', 'getpid', 'getppid', 'gettid'],
  ...['clock_gettime', 'clock_gettime64', 'gettimeofday', 'nanosleep', 'time'],
  ...['arch_prctl', 'futex', 'futex_time64', 'rseq', 'sched_yield', 'set_robust_list', 'set_thread_area'],
  'set_tid_address',
];
