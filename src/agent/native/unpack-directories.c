#include "unpack-directories.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "entry-failure.h"
#include "unpack-place.h"

/* Directories for millions of entries, and an end to what a hostile image can claim. */
enum { REMEMBERED_MAX = 512 * 1024 * 1024 };

struct record {
	size_t previous;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned xattr_count;
	struct timespec time;
	/* then the path; then for each extended attribute its name, its length as uint32_t, its value */
};

/* Room for `length` more bytes behind the records, or NULL with errno. */
static char *extend(struct unpack_directories *directories, size_t length) {
	size_t needed = directories->used + length;
	if (needed > REMEMBERED_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	if (needed > directories->room) {
		size_t room = needed * 2;
		char *bytes = realloc(directories->bytes, room);
		if (!bytes) return NULL;
		directories->bytes = bytes;
		directories->room = room;
	}
	char *at = directories->bytes + directories->used;
	directories->used = needed;
	return at;
}

int unpack_directories_add(struct unpack_directories *directories, const struct plan_entry *entry) {
	size_t path_length = strlen(entry->path) + 1;
	/* Attributes end anywhere, records begin where their numbers may lie. */
	size_t padding = -directories->used % _Alignof(struct record);
	struct record record = {
		.previous = directories->last, .mode = entry->mode, .uid = entry->uid, .gid = entry->gid, .time = entry->time,
	};
	char *at = extend(directories, padding + sizeof record + path_length);
	if (!at) return entry_failed(entry->path, "remember it");
	memcpy(at + padding, &record, sizeof record);
	memcpy(at + padding + sizeof record, entry->path, path_length);
	directories->last = (size_t)(at - directories->bytes) + padding;
	return 0;
}

int unpack_directories_add_xattr(struct unpack_directories *directories, const char *path, const struct plan_xattr *xattr) {
	size_t name_length = strlen(xattr->name) + 1;
	uint32_t value_length = (uint32_t)xattr->length;
	char *at = extend(directories, name_length + sizeof value_length + value_length);
	if (!at) return entry_failed(path, "remember it");
	memcpy(at, xattr->name, name_length);
	memcpy(at + name_length, &value_length, sizeof value_length);
	memcpy(at + name_length + sizeof value_length, xattr->value, value_length);
	((struct record *)(void *)(directories->bytes + directories->last))->xattr_count++;
	return 0;
}

static int set_attributes(const struct unpack_subject *subject, const struct record *record, struct unpack_losses *losses) {
	const char *at = subject->path + strlen(subject->path) + 1;
	int code = unpack_set_owner(subject, record->uid, record->gid, losses);
	for (unsigned i = 0; code == 0 && i < record->xattr_count; i++) {
		const char *name = at;
		uint32_t length;
		at += strlen(name) + 1;
		memcpy(&length, at, sizeof length);
		at += sizeof length;
		code = unpack_set_xattr(subject, name, at, length, losses);
		at += length;
	}
	if (code == 0) code = unpack_set_mode(subject, record->mode);
	return code ? code : unpack_set_time(subject, &record->time);
}

int unpack_directories_finish(const struct unpack_directories *directories, int root, struct unpack_losses *losses) {
	size_t at = directories->last;
	while (directories->used > 0) {
		const struct record *record = (const void *)(directories->bytes + at);
		const char *path = directories->bytes + at + sizeof *record;
		int fd = unpack_open_beneath(root, path, O_RDONLY | O_DIRECTORY);
		if (fd < 0) return entry_failed(path, "open it");
		int code = set_attributes(&(struct unpack_subject){.path = path, .fd = fd, .parent = -1}, record, losses);
		close(fd);
		if (code || at == 0) return code;
		at = record->previous;
	}
	return 0;
}
