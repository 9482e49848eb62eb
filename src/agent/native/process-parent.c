#include "process-parent.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

pid_t parent_of(pid_t process) {
	char path[48], stat[1024];
	struct text text = TEXT_IN(path);
	if (process <= 0) return -1;
	text_append(&text, "/proc/");
	text_append_unsigned(&text, (uint64_t)process, 10, 1);
	text_append(&text, "/stat");
	int fd = open(text_string(&text), O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
	if (fd >= 0) close(fd);
	if (length <= 0) return -1;
	stat[length] = '\0';
	/* "PID (NAME) STATE PARENT ...", and the name may contain anything. */
	const char *after = strrchr(stat, ')');
	return after && strlen(after) > 4 ? (pid_t)strtol(after + 4, NULL, 10) : -1;
}
