/* What the caller adds to a container's tree. */
#ifndef MOUNTS_PLACES_H
#define MOUNTS_PLACES_H

#include <stdbool.h>

enum { PLACES_MAX = 1024 };

struct place {
	enum { PLACE_BIND, PLACE_TMPFS, PLACE_DIRECTORY, PLACE_WRITABLE } kind;
	const char *source; /* PLACE_BIND: a file or directory of the host */
	/* PLACE_WRITABLE: a directory, with what is in it, that can be written to even though the root is read-only */
	const char *target; /* absolute, in the container; made where it is missing */
	bool is_read_only;  /* PLACE_BIND */
};

/* Makes them in the tree `root`, in their order. 0, or EXIT_CANNOT_CONTAIN after a message. */
int mount_places(int root, const struct place *places, int count);

#endif
