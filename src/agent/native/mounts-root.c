#include "mounts-root.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "in-root.h"
#include "message.h"
#include "mounts.h"
#include "text.h"

static int cannot(const char *what, const char *path) {
	fail(EXIT_CANNOT_CONTAIN, what, path ? path : "", ": ", strerror(errno), NULL);
	return -1;
}

static int open_directory(const char *path) {
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? cannot("cannot open ", path) : fd;
}

/* Each path becomes a descriptor's name: those have no commas and colons, which would need an escape that depends on the kernel. */
static int append_layer(struct text *options, const char *name, const char *path) {
	char descriptor[32];
	int fd = open_directory(path);
	if (fd < 0) return -1;
	text_append(options, name);
	text_append(options, descriptor_path(fd, descriptor));
	return 0;
}

static int mount_overlay(const struct root_source *source, bool is_in_user_namespace) {
	char words[256];
	struct text options = TEXT_IN(words);
	int merged = open_directory(source->merged);
	if (merged < 0) return -1;
	if (append_layer(&options, "lowerdir=", source->lower) < 0) return -1;
	if (append_layer(&options, ",upperdir=", source->upper) < 0) return -1;
	if (append_layer(&options, ",workdir=", source->work) < 0) return -1;
	/* Without them it mounts all the same, and fails later (tmpfs before Linux 6.6). */
	if (is_in_user_namespace && (setxattr(source->upper, "user.slimtrace", "", 0, 0) < 0 || removexattr(source->upper, "user.slimtrace") < 0))
		return cannot("overlay", NULL);
	/* Its usual attributes (trusted.overlay.*) are for the first user namespace only. */
	if (is_in_user_namespace) text_append(&options, ",userxattr");
	if (mount_over(merged, "overlay", "overlay", MS_NODEV, text_string(&options)) < 0) return cannot("overlay", NULL);
	return open_directory(source->merged);
}

static int mount_directory(const char *path) {
	int directory = open_directory(path);
	if (directory < 0) return -1;
	if (bind_over(directory, directory, false) < 0) return cannot("cannot mount ", path);
	close(directory);
	int root = open_directory(path);
	/* What the tree's device nodes stand for belongs to the host. Setuid programs keep working. */
	if (root >= 0 && restrict_mount(root, MS_NODEV, false) < 0) return cannot("cannot mount ", path);
	return root;
}

int mount_root(const struct root_source *source, bool is_in_user_namespace) {
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return cannot("cannot make the mounts private", NULL);
	return source->directory ? mount_directory(source->directory) : mount_overlay(source, is_in_user_namespace);
}

int protect_root(int root) {
	if (restrict_mount(root, MS_RDONLY, false) == 0) return 0;
	return fail(EXIT_CANNOT_CONTAIN, "cannot make the root read-only: ", strerror(errno), NULL);
}

int enter_root(int root) {
	/* With both names the same the old root lies over the new one, whence it is taken away (pivot_root(2)). */
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fail(EXIT_CANNOT_CONTAIN, "cannot change the root: ", strerror(errno), NULL);
	return 0;
}
