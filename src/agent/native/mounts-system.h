/* /proc and /sys of a container, as tight as Docker makes them. */
#ifndef MOUNTS_SYSTEM_H
#define MOUNTS_SYSTEM_H

#include <stdbool.h>

/* Mounts them in the tree `root`. The caller must be of the PID and network namespace they are to show. 0, or EXIT_CANNOT_CONTAIN
 * after a message. */
int mount_system(int root, bool has_own_network);

#endif
