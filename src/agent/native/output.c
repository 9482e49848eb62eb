#include "output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

static char buffer[256 * 1024];
static size_t used;
static int error; /* errno of the first write that failed */

static void write_all(const char *bytes, size_t length) {
	while (length > 0 && error == 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);
		if (written < 0 && errno == EINTR) continue;
		if (written < 0) {
			error = errno;
			return;
		}
		bytes += written;
		length -= (size_t)written;
	}
}

void output_bytes(const void *bytes, size_t length) {
	if (length > sizeof buffer - used) {
		write_all(buffer, used);
		used = 0;
	}
	if (length > sizeof buffer) {
		write_all(bytes, length);
		return;
	}
	memcpy(buffer + used, bytes, length);
	used += length;
}

void output_string(const char *string) {
	output_bytes(string, strlen(string));
}

int output_finish(void) {
	write_all(buffer, used);
	used = 0;
	if (error) return fail(EXIT_IO, "cannot write to standard output: ", strerror(error), NULL);
	return 0;
}
