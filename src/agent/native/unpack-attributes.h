/* Owner, extended attributes, mode and time of what unpack makes, in the order that keeps them. */
#ifndef UNPACK_ATTRIBUTES_H
#define UNPACK_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "plan-entry.h"

/* What the caller accepts to lose, and how often it was lost. */
struct unpack_losses {
	bool ignores_owners; /* no chown; xattrs that the kernel or the file system refuses are left out as well */
	bool skips_devices;
	uint64_t owners; /* entries that belong to somebody else than the plan says */
	uint64_t devices;
	uint64_t xattrs;
};

/* What has just been made: a descriptor, or a name in a directory where there can be none (links, devices). */
struct unpack_subject {
	const char *path; /* for messages */
	int fd;           /* or -1 */
	int parent;
	const char *name;
};

/* The first three in this order: a change of owner takes setuid bits and capabilities away, an ACL changes the mode. 0, or an exit code
 * after a message. */
int unpack_set_owner(const struct unpack_subject *subject, uid_t uid, gid_t gid, struct unpack_losses *losses);
int unpack_set_xattr(const struct unpack_subject *subject, const char *name, const void *value, size_t length,
					 struct unpack_losses *losses);
int unpack_set_mode(const struct unpack_subject *subject, mode_t mode);
int unpack_set_time(const struct unpack_subject *subject, const struct timespec *time);

#endif
