/*
 * pack: the contents of the regular files named on stdin (absolute paths, each ended by NUL) as a ustar archive on stdout. A member's
 * name is the ordinal of its path, so no name ever needs an extension; metadata are list's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "message.h"
#include "output.h"
#include "path-input.h"
#include "plain-path.h"
#include "root-view.h"
#include "tar-header.h"

static char block[256 * 1024];

static int refuse(const char *path, const char *why) {
	return fail(EXIT_REFUSED_INPUT, "cannot pack ", path, ": ", why, NULL);
}

/* Opens what is below `directory` without ever following a link, and closes `directory`. Gives -1 with errno. */
static int open_step(int directory, const char *name, bool is_last) {
	/* Looked at before it is opened: opening a device or FIFO can have effects. */
	struct stat status;
	int fd = -1;
	if (is_last && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(status.st_mode)) errno = EINVAL;
	else fd = openat(directory, name, (is_last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
	int error = errno;
	close(directory);
	errno = error;
	return fd;
}

static int open_path(const struct root_view *view, const char *path) {
	char name[256];
	int at_fd = fcntl(view->directory, F_DUPFD_CLOEXEC, 0);
	for (const char *at = path; at_fd >= 0 && *at == '/';) {
		const char *start = ++at;
		at += strcspn(at, "/");
		memcpy(name, start, (size_t)(at - start));
		name[at - start] = '\0';
		at_fd = open_step(at_fd, name, *at == '\0');
	}
	return at_fd;
}

/* Exactly `size` bytes, and the end of the file after them. */
static int copy_body(int fd, uint64_t size, const char *path) {
	uint64_t left = size;
	for (;;) {
		ssize_t got = read(fd, block, sizeof block);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return fail(EXIT_IO, "cannot read ", path, ": ", strerror(errno), NULL);
		if ((uint64_t)got > left) return refuse(path, "it grew while it was read");
		if (got == 0) break;
		output_bytes(block, (size_t)got);
		left -= (uint64_t)got;
	}
	if (left > 0) return refuse(path, "it shrank while it was read");
	memset(block, 0, TAR_BLOCK);
	output_bytes(block, (size_t)(-size % TAR_BLOCK));
	return 0;
}

static int pack_one(const struct root_view *view, const char *path, uint64_t ordinal) {
	struct stat status;
	char header[TAR_BLOCK];
	if (!is_plain_path(path)) return refuse(path, "not a plain absolute path");
	int fd = open_path(view, path);
	/* ELOOP or ENOTDIR: a link on the way; EINVAL: ours, for what is no regular file. */
	if (fd < 0) return refuse(path, errno == EINVAL ? "not a regular file" : errno == ELOOP ? "a symbolic link" : strerror(errno));
	int code = 0;
	if (fstat(fd, &status) < 0) code = fail(EXIT_IO, "cannot stat ", path, ": ", strerror(errno), NULL);
	else if (!S_ISREG(status.st_mode)) code = refuse(path, "not a regular file");
	if (code == 0) {
		tar_header_fill(header, ordinal, (uint64_t)status.st_size);
		output_bytes(header, sizeof header);
		code = copy_body(fd, (uint64_t)status.st_size, path);
	}
	close(fd);
	return code;
}

int command_pack(int argument_count, char **arguments) {
	const char *root = "/";
	struct root_view view;
	struct path_input input = {.bytes = NULL};
	if (argument_count == 2 && strcmp(arguments[0], "--root") == 0) root = arguments[1];
	else if (argument_count != 0) return usage("pack [--root DIR], paths on standard input");
	int code = root_view_open(root, &view);
	for (uint64_t ordinal = 0; code == 0; ordinal++) {
		const char *path;
		code = path_input_next(&input, &path);
		if (code == 0 && !path) break;
		if (code == 0) code = pack_one(&view, path, ordinal);
	}
	free(input.bytes);
	if (code) {
		/* What was packed so far may go out; without the end blocks nobody takes it for a whole archive. */
		int finished = output_finish();
		return finished ? finished : code;
	}
	memset(block, 0, 2 * TAR_BLOCK);
	output_bytes(block, 2 * TAR_BLOCK);
	return output_finish();
}
