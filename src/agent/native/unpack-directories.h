/* The directories of a plan: made empty and open to us at once, given their attributes when everything is in them. */
#ifndef UNPACK_DIRECTORIES_H
#define UNPACK_DIRECTORIES_H

#include <stddef.h>

#include "plan-entry.h"
#include "unpack-attributes.h"

struct unpack_directories {
	char *bytes; /* records, each with the offset of the one before it */
	size_t used, room;
	size_t last;
};

/* Remembers a directory, and an extended attribute of the last one. 0, or an exit code after a message. */
int unpack_directories_add(struct unpack_directories *directories, const struct plan_entry *entry);
int unpack_directories_add_xattr(struct unpack_directories *directories, const char *path, const struct plan_xattr *xattr);

/* Sets the attributes of all, the last one first, so that what lies deeper comes before what it lies in. As above. */
int unpack_directories_finish(const struct unpack_directories *directories, int root, struct unpack_losses *losses);

#endif
