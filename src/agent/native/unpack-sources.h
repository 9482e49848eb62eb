/* The files that the bodies of a plan's files are copied from. */
#ifndef UNPACK_SOURCES_H
#define UNPACK_SOURCES_H

#include <stddef.h>

#include "plan-entry.h"

struct unpack_sources {
	int *descriptors;
	size_t count, room;
};

/* Opens the next source. 0, or an exit code after a message. */
int unpack_sources_add(struct unpack_sources *sources, const char *path);

/* Writes exactly the entry's bytes to an empty file. As above. */
int unpack_sources_copy(const struct unpack_sources *sources, const struct plan_entry *entry, int fd);

#endif
