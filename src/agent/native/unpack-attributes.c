#include "unpack-attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "entry-failure.h"

int unpack_set_owner(const struct unpack_subject *subject, uid_t uid, gid_t gid, struct unpack_losses *losses) {
	if (losses->ignores_owners) {
		losses->owners += uid != geteuid() || gid != getegid();
		return 0;
	}
	int done = subject->fd >= 0 ? fchown(subject->fd, uid, gid)
								: fchownat(subject->parent, subject->name, uid, gid, AT_SYMLINK_NOFOLLOW);
	return done < 0 ? entry_failed(subject->path, "set its owner") : 0;
}

/* By name there is no call relative to a descriptor before Linux 6.13: the working directory is one. */
static int set_by_name(const struct unpack_subject *subject, const char *name, const void *value, size_t length) {
	return fchdir(subject->parent) < 0 ? -1 : lsetxattr(subject->name, name, value, length, 0);
}

int unpack_set_xattr(const struct unpack_subject *subject, const char *name, const void *value, size_t length,
					 struct unpack_losses *losses) {
	int done = subject->fd >= 0 ? fsetxattr(subject->fd, name, value, length, 0) : set_by_name(subject, name, value, length);
	if (done == 0) return 0;
	/* EINVAL: an ACL or a capability that names ids which the user namespace doesn't have. Without a capability a program can't do
	   its work; engines let go of the rest where the file system refuses it. */
	bool is_needed = !losses->ignores_owners && strcmp(name, "security.capability") == 0;
	if (!is_needed && (errno == EPERM || errno == ENOTSUP || errno == EINVAL)) {
		losses->xattrs++;
		return 0;
	}
	return entry_failed(subject->path, "set an extended attribute");
}

int unpack_set_mode(const struct unpack_subject *subject, mode_t mode) {
	/* By name it would follow a link: the caller made this name, and no link. */
	int done = subject->fd >= 0 ? fchmod(subject->fd, mode) : fchmodat(subject->parent, subject->name, mode, 0);
	return done < 0 ? entry_failed(subject->path, "set its mode") : 0;
}

int unpack_set_time(const struct unpack_subject *subject, const struct timespec *time) {
	/* The time of the last access stays: it is now. */
	const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, *time};
	int done = subject->fd >= 0 ? futimens(subject->fd, times) : utimensat(subject->parent, subject->name, times, AT_SYMLINK_NOFOLLOW);
	return done < 0 ? entry_failed(subject->path, "set its time") : 0;
}
