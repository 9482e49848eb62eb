#include "open-how.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ATTEMPTS_MAX = 1000 };

int open_how(int directory, const char *path, const struct open_how_abi *how) {
	int found = -1;
	for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
		found = (int)syscall(NR_OPENAT2, directory, path, how, sizeof *how);
		if (found >= 0 || errno != EAGAIN) break;
		sched_yield();
	}
	return found;
}
