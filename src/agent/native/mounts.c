#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "in-root.h"

enum { EMPTY_PATH = 0x1000 /* AT_EMPTY_PATH */, DEEP = 0x8000 /* AT_RECURSIVE */ };

/* include/uapi/linux/mount.h, struct mount_attr; the attributes have the values of mount(2)'s flags. */
struct mount_attributes {
	uint64_t set, clear, propagation, user_namespace;
};

int mount_over(int target, const char *name, const char *type, unsigned long flags, const char *options) {
	char path[32];
	return mount(name, descriptor_path(target, path), type, flags, options);
}

int bind_over(int target, int source, bool is_deep) {
	char from[32], to[32];
	return mount(descriptor_path(source, from), descriptor_path(target, to), NULL, MS_BIND | (is_deep ? MS_REC : 0), NULL);
}

/* A remount sets all flags anew, and some are locked in a user namespace: those that are there stay. */
static int remount(int mount_root, unsigned long flags) {
	char path[32];
	struct statvfs there;
	if (fstatvfs(mount_root, &there) < 0) return -1;
	unsigned long kept = there.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME);
	if (there.f_flag & ST_RELATIME) kept |= MS_RELATIME;
	return mount(NULL, descriptor_path(mount_root, path), NULL, MS_REMOUNT | MS_BIND | kept | flags, NULL);
}

int restrict_mount(int mount_root, unsigned long flags, bool is_deep) {
	struct mount_attributes attributes = {.set = flags};
	if (syscall(SYS_mount_setattr, mount_root, "", EMPTY_PATH | (is_deep ? DEEP : 0), &attributes, sizeof attributes) == 0) return 0;
	if (errno != ENOSYS || is_deep) return -1;
	return remount(mount_root, flags);
}

int unmount(int mount_root) {
	char path[32];
	return umount2(descriptor_path(mount_root, path), MNT_DETACH);
}
