#ifndef PROCESS_PARENT_H
#define PROCESS_PARENT_H

#include <sys/types.h>

/* The parent of a process by /proc (proc(5), stat), or -1. */
pid_t parent_of(pid_t process);

#endif
