#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "text.h"

enum { PAGE = 4096 /* the smallest there is: a read that ends on its border never reaches into an unmapped page */, FIRST_READ = 256 };

static int proc = -1;

int target_open_proc(void) {
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return proc < 0 ? -1 : 0;
}

int target_proc(void) {
	return proc;
}

int target_read(pid_t task, uint64_t address, void *buffer, size_t length) {
	struct iovec local = {buffer, length};
	struct iovec remote = {(void *)(uintptr_t)address, length};
	ssize_t got = process_vm_readv(task, &local, 1, &remote, 1, 0);
	if (got < 0) return errno;
	return (size_t)got == length ? 0 : EFAULT;
}

/* Up to `length` bytes, split where a page ends: the kernel transfers whole elements, so what precedes an unmapped page still
 * arrives (process_vm_readv(2), "partial transfers"). */
static ssize_t read_pages(pid_t task, uint64_t address, char *buffer, size_t length) {
	struct iovec remote[3];
	int count = 0;
	size_t planned = 0;
	while (planned < length && count < 3) {
		size_t to_border = PAGE - (size_t)((address + planned) % PAGE);
		size_t part = length - planned < to_border ? length - planned : to_border;
		remote[count++] = (struct iovec){(void *)(uintptr_t)(address + planned), part};
		planned += part;
	}
	struct iovec local = {buffer, planned};
	return process_vm_readv(task, &local, 1, remote, (unsigned long)count, 0);
}

int target_read_string(pid_t task, uint64_t address, char *buffer, size_t *length) {
	size_t have = 0;
	while (have < PATH_MAX) {
		/* Nearly every path ends within the first read; only a long one costs a second. */
		size_t want = have == 0 ? FIRST_READ : PATH_MAX - have;
		ssize_t got = read_pages(task, address + have, buffer + have, want);
		if (got < 0) return errno;
		if (got == 0) return EFAULT;
		const char *end = memchr(buffer + have, '\0', (size_t)got);
		if (end) {
			*length = (size_t)(end - buffer);
			return 0;
		}
		have += (size_t)got;
	}
	return ENAMETOOLONG;
}

void target_proc_path(pid_t task, const char *name, char *buffer) {
	struct text text = {.bytes = buffer, .capacity = 64};
	text_append_unsigned(&text, (uint64_t)task, 10, 1);
	text_append(&text, "/");
	text_append(&text, name);
	text_string(&text);
}

void target_fd_path(pid_t task, int fd, char *buffer) {
	struct text text = {.bytes = buffer, .capacity = 64};
	text_append_unsigned(&text, (uint64_t)task, 10, 1);
	text_append(&text, "/fd/");
	text_append_signed(&text, fd);
	text_string(&text);
}

ssize_t target_read_link(const char *link, char *buffer) {
	static const char suffix[] = " (deleted)";
	const size_t suffix_length = sizeof suffix - 1;
	ssize_t length = readlinkat(proc, link, buffer, PATH_MAX - 1);
	if (length < 0) return -1;
	buffer[length] = '\0';
	if ((size_t)length <= suffix_length || memcmp(buffer + length - suffix_length, suffix, suffix_length) != 0) return length;
	struct stat named;
	/* A file may really be called that. */
	if (buffer[0] == '/' && fstatat(AT_FDCWD, buffer, &named, AT_SYMLINK_NOFOLLOW) == 0) return length;
	length -= (ssize_t)suffix_length;
	buffer[length] = '\0';
	return length;
}

static const char *status_field(const char *status, const char *name) {
	const char *at = strstr(status, name);
	return at ? at + strlen(name) : NULL;
}

int target_read_status(pid_t task, struct target_status *status) {
	char path[64], text[4096];
	target_proc_path(task, "status", path);
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return errno;
	ssize_t length = read(fd, text, sizeof text - 1);
	int error = length < 0 ? errno : 0;
	close(fd);
	if (error) return error;
	text[length] = '\0';
	const char *process = status_field(text, "\nTgid:");
	const char *uid = status_field(text, "\nUid:");
	const char *capabilities = status_field(text, "\nCapEff:");
	const char *threads = status_field(text, "\nThreads:");
	if (!process || !uid || !capabilities || !threads) return ESRCH;
	char *next;
	status->process = (pid_t)strtol(process, NULL, 10);
	status->real_uid = (uid_t)strtoul(uid, &next, 10);
	status->effective_uid = (uid_t)strtoul(next, &next, 10);
	status->saved_uid = (uid_t)strtoul(next, &next, 10);
	status->effective_capabilities = strtoull(capabilities, NULL, 16);
	status->threads = (unsigned)strtoul(threads, NULL, 10);
	return 0;
}
