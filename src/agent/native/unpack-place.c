#include "unpack-place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "open-how.h"

static int open_step(int directory, const char *path, uint64_t flags) {
	/* BENEATH and NO_SYMLINKS keep even a plan that lies, or a tree somebody changes, from leading out of the directory. */
	struct open_how_abi how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	return open_how(directory, *path ? path : ".", &how);
}

int unpack_open_beneath(int root, const char *path, uint64_t flags) {
	char piece[PATH_MAX];
	int directory = root;
	path++;
	/* The kernel takes less than PATH_MAX at once. What is longer goes in pieces; a plain path has a slash in each. */
	while (directory >= 0 && strlen(path) >= sizeof piece) {
		const char *cut = memrchr(path, '/', sizeof piece);
		memcpy(piece, path, (size_t)(cut - path));
		piece[cut - path] = '\0';
		int next = open_step(directory, piece, O_PATH | O_DIRECTORY);
		if (directory != root) close(directory);
		directory = next;
		path = cut + 1;
	}
	int fd = directory < 0 ? -1 : open_step(directory, path, flags);
	int error = errno;
	if (directory >= 0 && directory != root) close(directory);
	errno = error;
	return fd;
}

void unpack_place_begin(struct unpack_place *place, int root) {
	place->root = root;
	place->parent = -1;
}

int unpack_parent_of(struct unpack_place *place, const char *path, const char **name) {
	char parent[PLAN_FIELD_MAX];
	const char *slash = strrchr(path, '/');
	size_t length = (size_t)(slash - path);
	*name = slash + 1;
	if (place->parent >= 0 && length == place->parent_length && memcmp(path, place->parent_path, length) == 0) return place->parent;
	memcpy(parent, path, length);
	parent[length] = '\0';
	int opened = unpack_open_beneath(place->root, length ? parent : "/", O_PATH | O_DIRECTORY);
	if (opened < 0) return -1;
	if (place->parent >= 0) close(place->parent);
	memcpy(place->parent_path, parent, length + 1);
	place->parent_length = length;
	place->parent = opened;
	return opened;
}
