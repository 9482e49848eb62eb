/* kill(-1, signal) on behalf of a traced task. */
#ifndef KILL_ALL_H
#define KILL_ALL_H

#include <sys/types.h>

/* Signals every process of the pid namespace that the task may signal, but for PID 1, its own process and the two spared; gives
 * 0 or the errno value the kernel would have. */
int kill_all(pid_t task, int signal, const pid_t spared[2]);

#endif
