#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "text.h"

int cgroup_join(const char *directory, pid_t process) {
	char path[PATH_MAX], number[24];
	struct text text = TEXT_IN(path), digits = TEXT_IN(number);
	text_append(&text, directory);
	text_append(&text, "/cgroup.procs");
	text_append_unsigned(&digits, (uint64_t)process, 10, 1);
	int fd = open(text_string(&text), O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, digits.bytes, digits.length);
	int error = errno;
	if (fd >= 0) close(fd);
	return written < 0 ? fail(EXIT_CANNOT_CONTAIN, "cgroup ", directory, ": ", strerror(error), NULL) : 0;
}
