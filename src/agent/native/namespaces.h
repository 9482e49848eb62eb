/* New namespaces and those of others (namespaces(7)). */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include <sys/types.h>

/* fork(2) into new namespaces (CLONE_NEW...). */
pid_t fork_into(unsigned long spaces);

/* In a child: makes it end with its parent, and waits for the byte that tells it to go on. `go` is the reading end of a pipe whose
 * other end the parent alone holds, and keeps. Ends the process where the parent has ended. */
void depend_on_parent(int go);

/* pidfd_open(2), from Linux 5.3. */
int open_handle(pid_t process);

/* Makes the calling process a member of the other's namespaces, those of `spaces` in which it isn't yet (the PID namespace counts for its
 * children). `directory` is the /proc/PID of the process, `handle` its pidfd. 0, or -1 with errno. */
int join_namespaces(int directory, int handle, unsigned spaces);

#endif
