/* io_uring is refused with ENOSYS, and the program falls back to a plain call, as libuv and others do. */
#define _GNU_SOURCE
#include "expect.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

int main(int argc, char **argv) {
	char parameters[256] = {0};
	must(argc == 2 && syscall(425, 4, parameters) == -1 && errno == ENOSYS);
	open(below(argv[1], "fallback"), O_RDONLY);
	expect_touched("read", below(argv[1], "fallback"));
	return 0;
}
