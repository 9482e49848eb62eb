#include "in-root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "open-how.h"
#include "text.h"

enum { LINKS_MAX = 40 /* as the kernel's own (path_resolution(7)) */ };

/* A walk that makes what is missing: `done` exists and has no links left, `rest` is still to go. */
struct walk {
	int root;
	int links;
	char done[PATH_MAX], rest[2 * PATH_MAX];
};

const char *descriptor_path(int fd, char room[32]) {
	struct text text = {.bytes = room, .capacity = 32};
	text_append(&text, "/proc/self/fd/");
	text_append_unsigned(&text, (uint64_t)fd, 10, 1);
	return text_string(&text);
}

static int open_existing(int root, const char *path, uint64_t flags) {
	struct open_how_abi how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	return open_how(root, path, &how);
}

static int step_up(struct walk *walk) {
	char *slash = strrchr(walk->done, '/');
	*(slash ? slash : walk->done) = '\0';
	return 0;
}

/* The link's text goes before the rest; an absolute one starts over at the root. */
static int follow(struct walk *walk, const char *target) {
	char joined[sizeof walk->rest];
	struct text text = TEXT_IN(joined);
	text_append(&text, target);
	text_append(&text, "/");
	text_append(&text, walk->rest);
	text_string(&text);
	errno = text.overflowed ? ENAMETOOLONG : ELOOP;
	if (text.overflowed || ++walk->links > LINKS_MAX) return -1;
	if (target[0] == '/') walk->done[0] = '\0';
	memcpy(walk->rest, joined, text.length + 1);
	return 0;
}

static int make(int parent, const char *name, bool is_file) {
	int made = is_file ? openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644) : mkdirat(parent, name, 0755);
	if (is_file && made >= 0) close(made);
	return made < 0 && errno != EEXIST ? -1 : 0;
}

static int step_into(struct walk *walk, const char *name, bool is_file) {
	char target[PATH_MAX];
	struct text text = {.bytes = walk->done, .length = strlen(walk->done), .capacity = sizeof walk->done};
	int parent = open_existing(walk->root, walk->done[0] ? walk->done : "/", O_DIRECTORY);
	if (parent < 0) return -1;
	ssize_t length = readlinkat(parent, name, target, sizeof target - 1);
	int result = length < 0 ? make(parent, name, is_file) : 0;
	int error = errno;
	close(parent);
	errno = error;
	if (result < 0) return -1;
	if (length >= 0) {
		target[length] = '\0';
		return follow(walk, target);
	}
	text_append(&text, "/");
	text_append(&text, name);
	text_string(&text);
	errno = ENAMETOOLONG;
	return text.overflowed ? -1 : 0;
}

/* The next name leaves `rest`. */
static int step(struct walk *walk, bool makes_file) {
	char name[PATH_MAX];
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");
	bool is_last = start[length + strspn(start + length, "/")] == '\0';
	errno = ENAMETOOLONG;
	if (length >= sizeof name) return -1;
	memcpy(name, start, length);
	name[length] = '\0';
	memmove(walk->rest, start + length, strlen(start + length) + 1);
	if (length == 0 || strcmp(name, ".") == 0) return 0;
	if (strcmp(name, "..") == 0) return step_up(walk);
	return step_into(walk, name, is_last && makes_file);
}

int open_in_root(int root, const char *path, enum missing missing) {
	static struct walk walk;
	int fd = open_existing(root, path, 0);
	if (fd >= 0 || errno != ENOENT || missing == MISSING_FAILS) return fd;
	struct text rest = TEXT_IN(walk.rest);
	walk.root = root;
	walk.links = 0;
	walk.done[0] = '\0';
	text_append(&rest, path);
	text_string(&rest);
	while (walk.rest[0] != '\0')
		if (step(&walk, missing == MISSING_BECOMES_FILE) < 0) return -1;
	return open_existing(root, walk.done[0] ? walk.done : "/", 0);
}
