/* Directories that are listed: the trace has the one a descriptor stands for, however it was come by. */
#define _GNU_SOURCE
#include "expect.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static long list(int fd) {
	char entries[1024];
	return syscall(SYS_getdents64, fd, entries, sizeof entries);
}

static int make(int parent, const char *name) {
	must(mkdirat(parent, name, 0700) == 0);
	int fd = openat(parent, name, O_RDONLY); /* nothing says that it is a directory */
	must(fd >= 0);
	return fd;
}

static void expect_listed(const char *path, int fd) {
	must(list(fd) >= 0);
	expect_touched("list", path);
}

static void in_another_process(int fd) {
	int pair[2], received = -1;
	char room[CMSG_SPACE(sizeof fd)] = {0}, byte = 'x';
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	pid_t child = fork();
	if (child == 0) {
		must(close(fd) == 0 && recvmsg(pair[1], &message, 0) == 1);
		memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
		must(list(received) > 0);
		_exit(0);
	}
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	int status;
	must(sendmsg(pair[0], &message, 0) == 1 && waitpid(child, &status, 0) == child && status == 0);
}

static void *in_thread(void *fd) {
	must(list(*(int *)fd) > 0);
	return NULL;
}

/* A directory that the kernel has no path for (PATH_MAX), though its parent has one. Gone again, since nobody could remove it. */
static int make_too_deep(int parent, size_t parent_length) {
	char name[251];
	memset(name, 'd', 250);
	name[250] = '\0';
	for (; parent_length + 251 < 4095; parent_length += 251) parent = make(parent, name);
	int innermost = make(parent, name);
	must(unlinkat(parent, name, AT_REMOVEDIR) == 0);
	return innermost;
}

int main(int argc, char **argv) {
	must(argc == 2);
	int top = open(argv[1], O_RDONLY | O_DIRECTORY);
	must(top >= 0);
	expect_listed(argv[1], top);
	expect_listed(below(argv[1], "plain"), make(top, "plain"));

	int inner = make(make(top, "outer"), "in ner");
	expect_listed(below(argv[1], "outer/in ner"), inner);
	int gone = make(top, "gone");
	must(unlinkat(top, "gone", AT_REMOVEDIR) == 0);
	list(gone); /* ENOENT */
	expect_touched("list", below(argv[1], "gone"));
	make(top, "odd (deleted)");
	expect_listed(below(argv[1], "odd (deleted)"), openat(top, "odd (deleted)", O_RDONLY));
	must(symlinkat("plain", top, "link") == 0);
	make(top, "through");
	must(unlinkat(top, "link", 0) == 0 && symlinkat("through", top, "link") == 0);
	expect_listed(below(argv[1], "through"), openat(top, "link", O_RDONLY));

	int moved = make(top, "before");
	must(renameat(top, "before", top, "after") == 0);
	expect_listed(below(argv[1], "after"), moved);
	expect_listed(below(argv[1], "doubled"), dup2(make(top, "doubled"), 500));
	in_another_process(make(top, "passed"));
	expect_touched("list", below(argv[1], "passed"));
	pthread_t thread;
	int by_thread = make(top, "by-thread");
	must(pthread_create(&thread, NULL, in_thread, &by_thread) == 0 && pthread_join(thread, NULL) == 0);
	expect_touched("list", below(argv[1], "by-thread"));
	expect_listed("/", open("/", O_RDONLY));

	/* What can't be listed is not said to be. */
	int ends[2];
	must(pipe(ends) == 0 && list(ends[0]) == -1 && errno == ENOTDIR);
	must(list(-1) == -1 && errno == EBADF && list(AT_FDCWD) == -1 && errno == EBADF);
	must(list(memfd_create("file", 0)) == -1 && errno == ENOTDIR);
	expect_never("/memfd:file");
	list(make_too_deep(top, strlen(argv[1])));
	return 0;
}
