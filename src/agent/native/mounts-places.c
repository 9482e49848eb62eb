#include "mounts-places.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in-root.h"
#include "message.h"
#include "mounts.h"

static int cannot(const struct place *place) {
	return fail(EXIT_CANNOT_CONTAIN, "cannot mount ", place->source ? place->source : "", place->source ? " at " : "", place->target, ": ",
	            strerror(errno), NULL);
}

static int bind(int root, const struct place *place) {
	struct stat found;
	int source = open(place->source, O_PATH | O_CLOEXEC);
	if (source < 0 || fstat(source, &found) < 0) return cannot(place);
	int target = open_in_root(root, place->target, S_ISDIR(found.st_mode) ? MISSING_BECOMES_DIRECTORY : MISSING_BECOMES_FILE);
	if (target < 0) return cannot(place);
	bool is_deep = false;
	int result = bind_over(target, source, is_deep);
	if (result < 0 && errno == EINVAL) {
		/* In a user namespace a mount that hides something can't be bound without what it hides. */
		is_deep = true;
		result = bind_over(target, source, is_deep);
	}
	close(source);
	close(target);
	if (result < 0) return cannot(place);
	int mounted = open_in_root(root, place->target, MISSING_FAILS);
	if (mounted < 0 || restrict_mount(mounted, MS_NODEV | (place->is_read_only ? MS_RDONLY : 0), is_deep) < 0) return cannot(place);
	close(mounted);
	return 0;
}

/* The working directory and volumes, as Docker makes them. */
static int make_directory(int root, const struct place *place) {
	struct stat found;
	int directory = open_in_root(root, place->target, MISSING_BECOMES_DIRECTORY);
	if (directory < 0 && errno != ENOTDIR) return cannot(place);
	if (directory < 0 || fstat(directory, &found) < 0 || !S_ISDIR(found.st_mode))
		return fail(EXIT_CANNOT_CONTAIN, "Cannot mkdir: ", place->target, " is not a directory", NULL);
	close(directory);
	return 0;
}

static int mount_tmpfs(int root, const struct place *place) {
	int directory = open_in_root(root, place->target, MISSING_BECOMES_DIRECTORY);
	if (directory < 0 || mount_over(directory, "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) return cannot(place);
	close(directory);
	return 0;
}

/* A mount of its own, which a root made read-only later is not. */
static int keep_writable(int root, const struct place *place) {
	int code = make_directory(root, place);
	int directory = code ? -1 : open_in_root(root, place->target, MISSING_FAILS);
	if (code == 0 && (directory < 0 || bind_over(directory, directory, false) < 0)) code = cannot(place);
	if (directory >= 0) close(directory);
	return code;
}

static int mount_place(int root, const struct place *place) {
	switch (place->kind) {
	case PLACE_BIND: return bind(root, place);
	case PLACE_TMPFS: return mount_tmpfs(root, place);
	case PLACE_WRITABLE: return keep_writable(root, place);
	case PLACE_DIRECTORY: break;
	}
	return make_directory(root, place);
}

int mount_places(int root, const struct place *places, int count) {
	int code = 0;
	for (int i = 0; i < count && code == 0; i++) code = mount_place(root, &places[i]);
	return code;
}
