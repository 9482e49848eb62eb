#include "namespace-root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"
#include "kernel-abi.h"
#include "message.h"
#include "mounts-root.h"

enum { CAPABILITY_SYS_CHROOT = 18, CAPABILITY_SYS_ADMIN = 21 };
enum { EMPTY_PATH = 0x1000 /* AT_EMPTY_PATH */, DEEP = 0x8000 /* AT_RECURSIVE */, FROM_EMPTY = 0x04, TO_EMPTY = 0x40 /* MOVE_MOUNT_... */ };

/* struct statx (statx(2)), as much as tells one directory of one mount from all others. */
struct place_status {
	uint32_t mask, ignored[7];
	uint64_t inode;
	uint64_t ignored_too[12];
	uint32_t device_major, device_minor;
	uint64_t mount;
	uint64_t rest[13];
};
_Static_assert(offsetof(struct place_status, mount) == 144 && sizeof(struct place_status) == 256, "struct statx");
enum { WANTED = 0x100 | 0x1000 /* STATX_INO, STATX_MNT_ID */ };

static int open_here(const char *path) {
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool is_same(int one, int other) {
	struct place_status a = {0}, b = {0};
	if (syscall(SYS_statx, one, "", EMPTY_PATH, WANTED, &a) < 0 || syscall(SYS_statx, other, "", EMPTY_PATH, WANTED, &b) < 0) return true;
	return a.inode == b.inode && a.device_major == b.device_major && a.device_minor == b.device_minor && a.mount == b.mount;
}

/* Leaves the root for what is above all: a working directory outside of the root knows no border (chroot(2)). */
static int climb(int own) {
	char up[PATH_MAX];
	size_t length = 0;
	for (; length + 4 < sizeof up; length += 3) memcpy(up + length, "../", 3);
	up[length] = '\0';
	return chroot("/proc") < 0 || fchdir(own) < 0 || chdir(up) < 0 || chroot(".") < 0 ? -1 : 0;
}

static int go_back(int own) {
	return fchdir(own) < 0 || chroot(".") < 0 ? -1 : 0;
}

/* Whether the root is not that of the namespace; or -1. */
static int is_in_chroot(void) {
	int own = open_here("/");
	if (own < 0 || climb(own) < 0) return -1;
	int top = open_here("/");
	int result = top < 0 ? -1 : !is_same(own, top);
	if (go_back(own) < 0) result = -1;
	if (top >= 0) close(top);
	close(own);
	return result;
}

/* In a namespace of our own: the chroot's directory, with all that is mounted beneath it, becomes the root. */
static int move_root(void) {
	int own = unshare(CLONE_NEWNS) < 0 ? -1 : open_here("/");
	if (own < 0 || climb(own) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return -1;
	int tree = (int)syscall(NR_OPEN_TREE, own, "", OPEN_TREE_CLONE | (unsigned)O_CLOEXEC | EMPTY_PATH | DEEP);
	if (tree < 0 || syscall(SYS_move_mount, tree, "", own, "", FROM_EMPTY | TO_EMPTY) < 0) return -1;
	int code = enter_root(tree);
	close(tree);
	close(own);
	return code;
}

int own_namespace_root(void) {
	char directory[PATH_MAX];
	if (!has_capability(CAPABILITY_SYS_ADMIN) || !has_capability(CAPABILITY_SYS_CHROOT)) return 0;
	bool has_directory = getcwd(directory, sizeof directory) && directory[0] == '/';
	int is_chrooted = is_in_chroot();
	int result = is_chrooted > 0 ? move_root() : is_chrooted;
	if (result < 0) return fail(EXIT_CANNOT_CONTAIN, "cannot leave the chroot: ", strerror(errno), NULL);
	/* Relative names on the command line mean what they meant. */
	if (result == 0 && has_directory && chdir(directory) < 0) result = fail(EXIT_CANNOT_CONTAIN, directory, ": ", strerror(errno), NULL);
	return result;
}
