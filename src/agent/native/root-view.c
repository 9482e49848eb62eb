#include "root-view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "message.h"

int root_view_open(const char *path, struct root_view *view) {
	/* A detached copy of this one mount, without those below it (open_tree(2), not AT_RECURSIVE). It takes CAP_SYS_ADMIN and
	 * Linux 5.2, and is refused for trees whose mounts a user namespace has locked. */
	int clone = (int)syscall(NR_OPEN_TREE, AT_FDCWD, path, OPEN_TREE_CLONE | (unsigned)O_CLOEXEC);
	view->is_cloned = clone >= 0;
	view->directory = clone >= 0 ? clone : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat root;
	if (view->directory < 0 || fstat(view->directory, &root) < 0)
		return fail(EXIT_IO, "cannot open ", path, ": ", strerror(errno), NULL);
	if (!S_ISDIR(root.st_mode)) return fail(EXIT_IO, "cannot open ", path, ": ", strerror(ENOTDIR), NULL);
	view->device = root.st_dev;
	return 0;
}
