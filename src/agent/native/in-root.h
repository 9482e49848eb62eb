/* Places inside a container's root, looked up so that none of its links leads out of it (openat2(2), RESOLVE_IN_ROOT). */
#ifndef IN_ROOT_H
#define IN_ROOT_H

#include <stdbool.h>

enum missing { MISSING_FAILS, MISSING_BECOMES_DIRECTORY, MISSING_BECOMES_FILE };

/* A path descriptor (O_PATH) of what `path` is in `root`, links followed, made where it is missing (directories on the way too,
 * 0755, the root user's). -1 with errno. The caller is the only one who changes the tree. */
int open_in_root(int root, const char *path, enum missing missing);

/* The name of a descriptor for system calls that take only names; for `room` of 32 bytes. Needs /proc. */
const char *descriptor_path(int fd, char room[32]);

#endif
