#include "unpack-entry.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry-failure.h"

/* Sets what the entry has, all but a directory's. */
static int set_attributes(struct unpacking *unpacking, const struct plan_entry *entry, const struct unpack_subject *subject) {
	int code = unpack_set_owner(subject, entry->uid, entry->gid, &unpacking->losses);
	for (uint64_t i = 0; code == 0 && i < entry->xattr_count; i++) {
		struct plan_xattr xattr;
		code = plan_entry_xattr(unpacking->input, entry, &xattr);
		if (code == 0) code = unpack_set_xattr(subject, xattr.name, xattr.value, xattr.length, &unpacking->losses);
	}
	/* A symlink has no mode of its own on Linux (symlink(7)). */
	if (code == 0 && entry->type != 'l') code = unpack_set_mode(subject, entry->mode);
	return code ? code : unpack_set_time(subject, &entry->time);
}

static int create_directory(struct unpacking *unpacking, const struct plan_entry *entry) {
	const char *name;
	/* The root is there; its attributes wait like all others', which is why it comes first or not at all. */
	if (strcmp(entry->path, "/") == 0)
		return unpacking->directories.used > 0 ? entry_refused(entry->path, "it must be the first directory") : 0;
	int parent = unpack_parent_of(&unpacking->place, entry->path, &name);
	return parent < 0 || mkdirat(parent, name, 0700) < 0 ? entry_failed(entry->path, "create it") : 0;
}

static int make_directory(struct unpacking *unpacking, const struct plan_entry *entry) {
	int code = create_directory(unpacking, entry);
	if (code == 0) code = unpack_directories_add(&unpacking->directories, entry);
	for (uint64_t i = 0; code == 0 && i < entry->xattr_count; i++) {
		struct plan_xattr xattr;
		code = plan_entry_xattr(unpacking->input, entry, &xattr);
		if (code == 0) code = unpack_directories_add_xattr(&unpacking->directories, entry->path, &xattr);
	}
	return code;
}

static int make_file(struct unpacking *unpacking, const struct plan_entry *entry) {
	struct unpack_subject subject = {.path = entry->path, .fd = -1};
	subject.parent = unpack_parent_of(&unpacking->place, entry->path, &subject.name);
	if (subject.parent >= 0) subject.fd = openat(subject.parent, subject.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (subject.fd < 0) return entry_failed(entry->path, "create it");
	int code = unpack_sources_copy(&unpacking->sources, entry, subject.fd);
	if (code == 0) code = set_attributes(unpacking, entry, &subject);
	/* Quotas and network file systems may tell only now that there was no room. */
	if (close(subject.fd) < 0 && code == 0) code = entry_failed(entry->path, "write it");
	return code;
}

static int make_hard_link(struct unpacking *unpacking, const struct plan_entry *entry) {
	const char *name, *target_name;
	int parent = unpack_parent_of(&unpacking->place, entry->path, &name);
	if (parent < 0) return entry_failed(entry->path, "create it");
	int target_parent = unpack_parent_of(&unpacking->target_place, entry->target, &target_name);
	/* Without AT_SYMLINK_FOLLOW a symlink itself gets another name. */
	if (target_parent < 0 || linkat(target_parent, target_name, parent, name, 0) < 0) return entry_failed(entry->path, "link it");
	return 0;
}

static mode_t kind_of(char type) {
	switch (type) {
	case 'c': return S_IFCHR;
	case 'b': return S_IFBLK;
	case 's': return S_IFSOCK;
	default: return S_IFIFO;
	}
}

static bool is_device(const struct plan_entry *entry) {
	return entry->type == 'c' || entry->type == 'b';
}

/* A symlink, a device, a FIFO or a socket: what is made by name and can't be opened. */
static int make_node(struct unpacking *unpacking, const struct plan_entry *entry) {
	struct unpack_subject subject = {.path = entry->path, .fd = -1};
	subject.parent = unpack_parent_of(&unpacking->place, entry->path, &subject.name);
	int made = -1;
	mode_t kind = kind_of(entry->type);
	if (subject.parent >= 0 && entry->type == 'l') made = symlinkat(entry->target, subject.parent, subject.name);
	else if (subject.parent >= 0) made = mknodat(subject.parent, subject.name, kind | 0600, is_device(entry) ? entry->device : 0);
	return made < 0 ? entry_failed(entry->path, "create it") : set_attributes(unpacking, entry, &subject);
}

static int skip_device(struct unpacking *unpacking, const struct plan_entry *entry) {
	int code = 0;
	unpacking->losses.devices++;
	for (uint64_t i = 0; code == 0 && i < entry->xattr_count; i++) {
		struct plan_xattr ignored;
		code = plan_entry_xattr(unpacking->input, entry, &ignored);
	}
	return code;
}

int unpack_entry(struct unpacking *unpacking, const struct plan_entry *entry) {
	if (unpacking->losses.skips_devices && is_device(entry)) return skip_device(unpacking, entry);
	switch (entry->type) {
	case 'd': return make_directory(unpacking, entry);
	case 'f': return make_file(unpacking, entry);
	case 'h': return make_hard_link(unpacking, entry);
	default: return make_node(unpacking, entry);
	}
}
