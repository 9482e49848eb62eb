/* Where a path really leads, asked of the kernel while the call that named it waits. */
#ifndef CANONICAL_H
#define CANONICAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct named_path {
	pid_t task;
	int dir;             /* a descriptor of the task, or AT_FDCWD */
	const char *given;   /* as the task named it */
	bool is_followed;    /* whether the last symbolic link is */
	bool is_in_root;     /* openat2's RESOLVE_IN_ROOT */
	bool is_chrooted;    /* the task's root is not ours */
};

/* The canonical path into `buffer` (PATH_MAX bytes), or false when it is the one given or there is none: nothing is there, or it is
 * no file of a tree (a pipe, a socket, a memfd). */
bool canonical_path(const struct named_path *path, char *buffer);

#endif
