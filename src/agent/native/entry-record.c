#include "entry-record.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "output.h"
#include "text.h"

enum { XATTR_MAX = 65536 /* XATTR_LIST_MAX and XATTR_SIZE_MAX: the kernel never gives more */ };

bool entry_path_cut(struct entry_path *path, size_t length, const char *name) {
	size_t name_length = name ? strlen(name) : 0;
	size_t needed = length + name_length + 2;
	if (needed > path->room) {
		size_t room = needed * 2 + PATH_MAX;
		char *bytes = realloc(path->bytes, room);
		if (!bytes) return false;
		path->bytes = bytes;
		path->room = room;
	}
	/* Below "/" the separator is already there: its own length counts as 0. */
	path->bytes[length] = '/';
	memcpy(path->bytes + length + 1, name ? name : "", name_length);
	path->length = name ? length + 1 + name_length : length;
	path->bytes[name || length == 0 ? length + 1 + name_length : length] = '\0';
	return true;
}

static char type_letter(mode_t mode) {
	switch (mode & S_IFMT) {
	case S_IFDIR: return 'd';
	case S_IFLNK: return 'l';
	case S_IFCHR: return 'c';
	case S_IFBLK: return 'b';
	case S_IFIFO: return 'p';
	case S_IFSOCK: return 's';
	default: return 'f';
	}
}

static void append_number(struct text *text, uint64_t value, const char *after) {
	text_append_unsigned(text, value, 10, 1);
	text_append(text, after);
}

static void write_fields(const struct stat *status, unsigned xattr_count) {
	char line[256];
	struct text text = TEXT_IN(line);
	bool is_device = S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
	char type[] = {type_letter(status->st_mode), ' ', '\0'};
	text_append(&text, type);
	text_append_unsigned(&text, status->st_mode & 07777, 8, 1);
	text_append(&text, " ");
	append_number(&text, status->st_uid, " ");
	append_number(&text, status->st_gid, " ");
	append_number(&text, (uint64_t)status->st_size, " ");
	text_append_signed(&text, status->st_mtim.tv_sec); /* before 1970: rounded down, the nanoseconds count up */
	text_append(&text, ".");
	text_append_unsigned(&text, (uint64_t)status->st_mtim.tv_nsec, 10, 9);
	text_append(&text, " ");
	append_number(&text, status->st_dev, ":");
	append_number(&text, status->st_ino, " ");
	append_number(&text, status->st_nlink, " ");
	append_number(&text, is_device ? major(status->st_rdev) : 0, ":");
	append_number(&text, is_device ? minor(status->st_rdev) : 0, " ");
	append_number(&text, xattr_count, "");
	output_bytes(text_string(&text), text.length + 1);
}

static int write_link_target(const char *name, const struct stat *status) {
	char target[PATH_MAX + 1];
	ssize_t length = 0;
	if (S_ISLNK(status->st_mode)) length = readlink(name, target, sizeof target - 1);
	if (length < 0) return -1;
	target[length] = '\0';
	output_bytes(target, (size_t)length + 1);
	return 0;
}

static int write_xattr(const char *name, const char *attribute) {
	static char value[XATTR_MAX];
	char digits[24];
	struct text text = TEXT_IN(digits);
	ssize_t length = lgetxattr(name, attribute, value, sizeof value);
	if (length < 0) return -1;
	output_bytes(attribute, strlen(attribute) + 1);
	text_append_unsigned(&text, (uint64_t)length, 10, 1);
	output_bytes(text_string(&text), text.length + 1);
	output_bytes(value, (size_t)length);
	return 0;
}

int entry_record_write(const char *name, const char *path, const struct stat *status) {
	static char attributes[XATTR_MAX];
	ssize_t length = llistxattr(name, attributes, sizeof attributes);
	if (length < 0 && errno != ENOTSUP) return -1; /* a file system without them has none */
	if (length < 0) length = 0;
	unsigned count = 0;
	for (const char *at = attributes; at < attributes + length; at += strlen(at) + 1) count++;
	write_fields(status, count);
	output_bytes(path, strlen(path) + 1);
	if (write_link_target(name, status) < 0) return -1;
	for (const char *at = attributes; at < attributes + length; at += strlen(at) + 1)
		if (write_xattr(name, at) < 0) return -1;
	return 0;
}
