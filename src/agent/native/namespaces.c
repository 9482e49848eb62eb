#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "text.h"

/* In the order they have to be joined one by one: the first gives the right to the others, the last takes /proc away. */
static const struct space {
	int flag;
	const char *name;
} all[] = {
	{CLONE_NEWUSER, "user"}, {CLONE_NEWCGROUP, "cgroup"}, {CLONE_NEWIPC, "ipc"}, {CLONE_NEWUTS, "uts"},
	{CLONE_NEWNET, "net"},   {CLONE_NEWPID, "pid"},       {CLONE_NEWNS, "mnt"},
};
enum { SPACES = sizeof all / sizeof all[0] };

pid_t fork_into(unsigned long spaces) {
	signal(SIGCHLD, SIG_DFL); /* ignored, as it may have been inherited, it would take the child's status away (wait(2)) */
	/* Without a stack clone(2) goes on as fork(2) does. */
	return (pid_t)syscall(SYS_clone, spaces | SIGCHLD, 0, 0, 0, 0);
}

void depend_on_parent(int go) {
	char word;
	struct pollfd poller = {.fd = go};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ssize_t got;
	do got = read(go, &word, 1);
	while (got < 0 && errno == EINTR);
	/* The kernel's promise counts from when it is asked for; an end before that shows in the pipe. */
	if (got != 1 || poll(&poller, 1, 0) != 0) _exit(1);
}

int open_handle(pid_t process) {
	return (int)syscall(SYS_pidfd_open, process, 0);
}

static int open_space(int directory, const char *name) {
	char path[32];
	struct text text = TEXT_IN(path);
	text_append(&text, "ns/");
	text_append(&text, name);
	return openat(directory, text_string(&text), O_RDONLY | O_CLOEXEC);
}

/* The namespaces to join, as descriptors; -1 where we are in it. Their flags, or -1. */
static int open_others(int directory, unsigned spaces, int opened[SPACES]) {
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC), flags = 0;
	if (self < 0) return -1;
	for (int i = 0; i < SPACES; i++) {
		struct stat theirs, ours;
		opened[i] = -1;
		if (!(spaces & (unsigned)all[i].flag)) continue;
		opened[i] = open_space(directory, all[i].name);
		int own = open_space(self, all[i].name);
		if (opened[i] < 0 || own < 0 || fstat(opened[i], &theirs) < 0 || fstat(own, &ours) < 0) return -1;
		close(own);
		bool is_ours = theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
		if (!is_ours) flags |= all[i].flag;
		if (is_ours) close(opened[i]);
		if (is_ours) opened[i] = -1;
	}
	close(self);
	return flags;
}

int join_namespaces(int directory, int handle, unsigned spaces) {
	int opened[SPACES], result = 0;
	int flags = open_others(directory, spaces, opened);
	if (flags < 0) return -1;
	/* All at once from Linux 5.8 on; before it a pidfd is no namespace (EINVAL). */
	if (flags && setns(handle, flags) < 0) {
		result = errno == EINVAL ? 0 : -1;
		for (int i = 0; i < SPACES && result == 0; i++)
			if (opened[i] >= 0) result = setns(opened[i], all[i].flag);
	}
	int error = errno;
	for (int i = 0; i < SPACES; i++)
		if (opened[i] >= 0) close(opened[i]);
	errno = error;
	return result;
}
