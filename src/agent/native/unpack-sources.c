#include "unpack-sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry-failure.h"

static char block[256 * 1024];

int unpack_sources_add(struct unpack_sources *sources, const char *path) {
	struct stat status;
	if (sources->count == sources->room) {
		size_t room = sources->room * 2 + 16;
		int *descriptors = realloc(sources->descriptors, room * sizeof *descriptors);
		if (!descriptors) return entry_failed(path, "remember it");
		sources->descriptors = descriptors;
		sources->room = room;
	}
	/* A FIFO in its place must not hold us up. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0) return entry_failed(path, "open it");
	if (!S_ISREG(status.st_mode)) return entry_refused(path, "a source that is no regular file");
	sources->descriptors[sources->count++] = fd;
	return 0;
}

/* Through a buffer; gives what is left to copy, or -1 with errno. */
static int64_t copy_by_block(int source, uint64_t offset, uint64_t left, int fd) {
	while (left > 0) {
		ssize_t got = pread(source, block, left < sizeof block ? (size_t)left : sizeof block, (off_t)offset);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return -1;
		if (got == 0) break;
		for (ssize_t at = 0; at < got;) {
			ssize_t written = write(fd, block + at, (size_t)(got - at));
			if (written < 0 && errno != EINTR) return -1;
			if (written > 0) at += written;
		}
		offset += (uint64_t)got;
		left -= (uint64_t)got;
	}
	return (int64_t)left;
}

/* Without passing our memory: file systems that can share blocks do. As above. */
static int64_t copy_within_kernel(int source, uint64_t offset, uint64_t left, int fd) {
	off_t at = (off_t)offset;
	while (left > 0) {
		ssize_t copied = copy_file_range(source, &at, fd, NULL, (size_t)left, 0);
		if (copied < 0 && errno == EINTR) continue;
		/* Another file system, one that can't, or a filter: none of them has anything to do with these files. */
		if (copied < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM))
			return copy_by_block(source, (uint64_t)at, left, fd);
		if (copied < 0) return -1;
		if (copied == 0) break;
		left -= (uint64_t)copied;
	}
	return (int64_t)left;
}

int unpack_sources_copy(const struct unpack_sources *sources, const struct plan_entry *entry, int fd) {
	if (entry->size == 0) return 0;
	if (entry->source >= sources->count) return entry_refused(entry->path, "the plan has no such source");
	int source = sources->descriptors[entry->source];
	int64_t left = copy_within_kernel(source, entry->offset, entry->size, fd);
	if (left > 0) return entry_refused(entry->path, "its source ends early");
	return left < 0 ? entry_failed(entry->path, "write it") : 0;
}
