/* An entry of an unpack plan. */
#ifndef PLAN_ENTRY_H
#define PLAN_ENTRY_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "plan-input.h"

enum { PLAN_XATTR_NAME_MAX = 255 /* XATTR_NAME_MAX, include/uapi/linux/limits.h */ };

struct plan_entry {
	char type; /* f d l c b p s, as the listing has them, or h */
	mode_t mode; /* permission bits with setuid, setgid and sticky */
	uid_t uid;
	gid_t gid;
	uint64_t size;
	struct timespec time;
	dev_t device;
	uint64_t source, offset; /* where a file's bytes are */
	uint64_t xattr_count;    /* the extended attributes still are on the input: plan_entry_xattr */
	char path[PLAN_FIELD_MAX]; /* plain, or "/" for a directory */
	char target[PLAN_FIELD_MAX]; /* a symlink's text; a hard link's existing name, which is plain; else unused */
};

struct plan_xattr {
	char name[PLAN_XATTR_NAME_MAX + 1];
	size_t length;
	const char *value; /* valid until the next field is read */
};

/* The entry whose first field is `head`. 0, or an exit code after a message that names the entry. */
int plan_entry_read(struct plan_input *input, const char *head, struct plan_entry *entry);

/* The entry's next extended attribute; call it xattr_count times. As above. */
int plan_entry_xattr(struct plan_input *input, const struct plan_entry *entry, struct plan_xattr *xattr);

#endif
