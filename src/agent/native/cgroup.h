/* Control groups (cgroups(7), version 2). */
#ifndef CGROUP_H
#define CGROUP_H

#include <sys/types.h>

/* Moves a process (0: the caller) into the group whose directory is given. 0, or EXIT_CANNOT_CONTAIN after a message. */
int cgroup_join(const char *directory, pid_t process);

#endif
