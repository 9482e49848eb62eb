#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "message.h"

enum {
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
	EXECUTABLE = 0x10, /* MFD_EXEC, from Linux 6.3 */
	EMPTY_PATH = 0x1000, /* AT_EMPTY_PATH */
};

static int open_copy(void) {
	int copy = memfd_create("slimtrace-agent", MFD_CLOEXEC | MFD_ALLOW_SEALING | EXECUTABLE);
	return copy < 0 && errno == EINVAL ? memfd_create("slimtrace-agent", MFD_CLOEXEC | MFD_ALLOW_SEALING) : copy;
}

static int fill(int copy, int program) {
	struct stat status;
	if (fstat(program, &status) < 0) return -1;
	for (off_t left = status.st_size; left > 0;) {
		ssize_t sent = sendfile(copy, program, NULL, (size_t)left);
		if (sent < 0 && errno == EINTR) continue;
		if (sent == 0) errno = EIO;
		if (sent <= 0) return -1;
		left -= sent;
	}
	return fcntl(copy, F_ADD_SEALS, SEALS);
}

int become_sealed(char **arguments) {
	int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	/* Only files in memory have seals, and only ours is so named for this program. */
	bool is_sealed = program >= 0 && fcntl(program, F_GET_SEALS) == SEALS;
	int copy = is_sealed || program < 0 ? -1 : open_copy();
	if (copy >= 0 && fill(copy, program) == 0) syscall(SYS_execveat, copy, "", arguments, environ, EMPTY_PATH);
	int error = errno;
	if (copy >= 0) close(copy);
	if (program >= 0) close(program);
	if (is_sealed) return 0;
	return fail(EXIT_CANNOT_CONTAIN, "cannot run from a copy in memory: ", strerror(error), NULL);
}
