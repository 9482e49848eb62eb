/* The file system a container has as its root. */
#ifndef MOUNTS_ROOT_H
#define MOUNTS_ROOT_H

#include <stdbool.h>

struct root_source {
	const char *directory; /* used directly, or NULL for an overlay: */
	const char *lower, *upper, *work, *merged;
};

/* Mounts it with no way for its device nodes to be opened; all other mounts of this namespace become private. A path descriptor, or -1
 * after a message. */
int mount_root(const struct root_source *source, bool is_in_user_namespace);

/* From now on nothing can be written to the root itself. 0, or EXIT_CANNOT_CONTAIN after a message. */
int protect_root(int root);

/* Makes `root` the root of the mount namespace and lets go of everything else. 0, or EXIT_CANNOT_CONTAIN after a message. */
int enter_root(int root);

#endif
