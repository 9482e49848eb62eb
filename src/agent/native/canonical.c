#include "canonical.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "open-how.h"
#include "target.h"
#include "text.h"

/* O_PATH opens nothing: no device is woken, no FIFO waited for, no permission of the file itself needed. A FUSE file system served
 * from inside the container would wait for us while we wait for it; its server needs CAP_SYS_ADMIN, which the app does not get. */
enum { LOOK = O_PATH | O_CLOEXEC };

/* For us /proc/self would be the supervisor, and /dev/fd and its kin lead there. False where the path doesn't begin with one
 * of them; else `buffer` (2 * PATH_MAX) has the path as it is for the task. A thread has the same files as its process. */
static bool is_of_task(pid_t task, const char *path, char *buffer) {
	static const struct {
		const char *prefix, *below;
	} own[] = {
		{"/proc/self", ""}, {"/proc/thread-self", ""}, {"/dev/fd", "/fd"},
		{"/dev/stdin", "/fd/0"}, {"/dev/stdout", "/fd/1"}, {"/dev/stderr", "/fd/2"},
	};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		size_t length = strlen(own[i].prefix);
		if (strncmp(path, own[i].prefix, length) != 0 || (path[length] != '/' && path[length] != '\0')) continue;
		struct text text = {.bytes = buffer, .capacity = 2 * PATH_MAX};
		text_append(&text, "/proc/");
		text_append_unsigned(&text, (uint64_t)task, 10, 1);
		text_append(&text, own[i].below);
		text_append(&text, path + length);
		text_string(&text);
		return true;
	}
	return false;
}

/* The path a link at `path` stands for, in place; false when there is none. */
static bool step_through_link(char *path) {
	static char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof target - 1);
	if (length <= 0) return false;
	target[length] = '\0';
	char *directory_end = target[0] == '/' ? path : strrchr(path, '/') + 1;
	struct text text = {.bytes = directory_end, .capacity = 2 * PATH_MAX - (size_t)(directory_end - path)};
	text_append(&text, target);
	text_string(&text);
	return !text.overflowed;
}

/* Opens an absolute path as the task would, though we are another process: a chain of links that ends in /proc/self/fd/1 (as the
 * logs of many images do) must not end in our own descriptor. */
static int open_for_task(pid_t task, const char *given, int flags) {
	static char path[2 * PATH_MAX], own[2 * PATH_MAX];
	struct open_how_abi how = {.flags = (uint64_t)flags, .mode = 0, .resolve = RESOLVE_NO_MAGICLINKS};
	strcpy(path, given); /* less than PATH_MAX */
	for (int links = 0; links < 40 /* the kernel's MAXSYMLINKS */; links++) {
		if (is_of_task(task, path, own)) return open(own, flags);
		int found = open_how(AT_FDCWD, path, &how);
		/* Before 5.6 there is no openat2, and old container profiles refuse it. */
		if (found < 0 && (errno == ENOSYS || errno == EPERM)) return open(path, flags);
		if (found >= 0 || errno != ELOOP || (flags & O_NOFOLLOW) || !step_through_link(path)) return found;
	}
	return -1;
}

/* The directory the path starts from, opened through /proc: right even where it was deleted or lies under a mount. */
static int open_start(const struct named_path *path) {
	char link[64];
	if (path->given[0] == '/' && !path->is_in_root) target_proc_path(path->task, "root", link);
	else if (path->dir == AT_FDCWD) target_proc_path(path->task, "cwd", link);
	else target_fd_path(path->task, path->dir, link);
	return openat(target_proc(), link, LOOK);
}

static int open_in_root(int start, const char *path, int flags) {
	struct open_how_abi how = {.flags = (uint64_t)flags, .mode = 0, .resolve = RESOLVE_IN_ROOT};
	return open_how(start, path, &how);
}

static int open_named(const struct named_path *path) {
	int flags = LOOK | (path->is_followed ? 0 : O_NOFOLLOW);
	bool starts_at_root = path->given[0] == '/' && !path->is_in_root;
	if (starts_at_root && !path->is_chrooted) return open_for_task(path->task, path->given, flags);
	int start = open_start(path);
	if (start < 0) return -1;
	int found;
	if (path->given[0] == '\0') return start;
	if (starts_at_root || path->is_in_root) {
		/* Absolute links must lead to the task's root, not to ours. */
		found = open_in_root(start, path->given, flags);
		/* Magic links of /proc are refused there, and openat2 is younger than the notifications (5.6). */
		if (found < 0 && (errno == ELOOP || errno == ENOSYS || errno == EPERM)) {
			static char own[2 * PATH_MAX];
			const char *relative = is_of_task(path->task, path->given, own) ? own : path->given;
			while (*relative == '/') relative++;
			found = openat(start, *relative ? relative : ".", flags);
		}
	} else {
		found = openat(start, path->given, flags);
	}
	int error = errno;
	close(start);
	errno = error;
	return found;
}

static bool is_own_proc(const char *path) {
	char directory[32];
	struct text text = TEXT_IN(directory);
	text_append(&text, "/proc/");
	text_append_unsigned(&text, (uint64_t)getpid(), 10, 1);
	text_append(&text, "/");
	return strncmp(path, text_string(&text), text.length) == 0;
}

/* Whether the name has neither "//" nor "." nor ".." nor a slash at its end, which the canonical one never has. */
static bool is_tidy(const char *path) {
	for (const char *at = path; *at == '/';) {
		const char *name = ++at;
		at += strcspn(at, "/");
		size_t length = (size_t)(at - name);
		if (length == 0 || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) return false;
	}
	return true;
}

/* Most names are canonical already, which the kernel tells by finding no link on the way: half the price of asking for the path.
 * A link at the end that isn't followed is not on the way (openat2(2), RESOLVE_NO_SYMLINKS). */
static bool is_canonical_already(const struct named_path *path) {
	if (path->given[0] != '/' || path->is_in_root || path->is_chrooted || !is_tidy(path->given)) return false;
	struct open_how_abi how = {.flags = (uint64_t)(LOOK | (path->is_followed ? 0 : O_NOFOLLOW)), .mode = 0, .resolve = RESOLVE_NO_SYMLINKS};
	int found = open_how(AT_FDCWD, path->given, &how);
	if (found < 0) return errno == ENOENT;
	close(found);
	return true;
}

bool canonical_path(const struct named_path *path, char *buffer) {
	if (is_canonical_already(path)) return false;
	/* A failure here is one the call itself will meet (nothing there, no permission), or leaves just the path as named. */
	int found = open_named(path);
	if (found < 0) return false;
	char link[64];
	struct text text = TEXT_IN(link);
	text_append(&text, "self/fd/");
	text_append_signed(&text, found);
	ssize_t length = target_read_link(text_string(&text), buffer);
	close(found);
	if (length <= 0 || buffer[0] != '/' || strncmp(buffer, "/memfd:", 7) == 0) return false;
	/* A link such as /etc/mtab led into our own directory of /proc: of no use to anybody. */
	return !is_own_proc(buffer);
}
