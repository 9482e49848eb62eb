/*
 * remove: removes a directory with everything beneath it, but nothing that is mounted there. The working directory walks along, one step at
 * a time, as for list: neither the depth of the tree nor the length of a path is limited. What can't be removed is left, and the first of
 * it told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "commands.h"
#include "directory.h"
#include "entry-failure.h"
#include "entry-record.h"
#include "kernel-abi.h"
#include "open-how.h"
#include "message.h"

struct removal {
	struct entry_path path; /* below the directory, which is "/" itself */
	struct directory *current; /* innermost; NULL at the end */
	int code; /* of the first failure */
};

static void failed(struct removal *removal) {
	if (removal->code) return;
	if (errno == EXDEV) removal->code = entry_refused(removal->path.bytes, "cannot remove it: something is mounted there");
	else removal->code = entry_failed(removal->path.bytes, "remove it");
}

/* Goes into a directory held by an O_PATH descriptor, which is closed; one that may not be read or changed is made ours first. */
static struct directory *enter(int handle) {
	struct stat status;
	/* That it can't be changed shows when it is tried. musl knows how to change the mode behind O_PATH. */
	if (fstat(handle, &status) == 0 && (status.st_mode & S_IRWXU) != S_IRWXU) (void)fchmod(handle, (status.st_mode & 07777) | S_IRWXU);
	int fd = openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = errno;
	close(handle);
	errno = error;
	return fd < 0 ? NULL : directory_enter_opened(fd);
}

static void remove_entry(struct removal *removal, const char *name) {
	if (unlinkat(AT_FDCWD, name, 0) == 0 || errno == ENOENT) return;
	if (errno != EISDIR) return failed(removal);
	/* st_dev wouldn't tell a bind mount from within the same file system. */
	struct open_how_abi how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	int handle = open_how(AT_FDCWD, name, &how);
	struct directory *inner = handle < 0 ? NULL : enter(handle);
	if (!inner) return failed(removal);
	inner->outer = removal->current;
	inner->path_length = removal->path.length;
	removal->current = inner;
}

/* Steps out of the innermost directory and removes it, all but the outermost. False when there is no way out. */
static bool leave(struct removal *removal) {
	struct directory *emptied = removal->current;
	struct directory *outer = emptied->outer;
	removal->current = outer;
	directory_free(emptied);
	if (!outer) return true;
	if (directory_return_to(outer) < 0) return false;
	if (unlinkat(AT_FDCWD, outer->names[outer->next - 1], AT_REMOVEDIR) < 0 && errno != ENOENT) failed(removal);
	return true;
}

static int remove_beneath(int handle) {
	struct removal removal = {.current = enter(handle)};
	if (!entry_path_cut(&removal.path, 0, NULL)) return fail(EXIT_IO, "cannot remove: ", strerror(errno), NULL);
	bool is_well = removal.current != NULL;
	while (is_well && removal.current) {
		const char *name = directory_next(removal.current);
		is_well = entry_path_cut(&removal.path, removal.current->path_length, name);
		if (is_well && name) remove_entry(&removal, name);
		else if (is_well) is_well = leave(&removal);
	}
	if (!is_well) failed(&removal);
	return removal.code;
}

/* The directory is named by its last component: neither a link's target nor what only "." or ".." leads to is removed. */
static bool is_removable_name(const char *path) {
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

int command_remove(int argument_count, char **arguments) {
	if (argument_count != 1 || !is_removable_name(arguments[0])) return usage("remove DIR, without a slash at its end");
	const char *path = arguments[0];
	int outside = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int handle = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (outside < 0 || handle < 0) return entry_failed(path, "open it");
	int code = remove_beneath(handle);
	/* After a failure this one can't succeed, and has been explained. */
	if (code == 0 && unlinkat(outside, path, AT_REMOVEDIR) < 0) return entry_failed(path, "remove it");
	return code;
}
