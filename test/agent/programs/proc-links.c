/* Names that lead through /proc, and links made while the program runs: the canonical record tells where they went. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

static void make(const char *path) {
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	must(fd >= 0 && close(fd) == 0);
}

static const char *named_fd(const char *prefix, int fd) {
	static char name[64];
	sprintf(name, "%s/%d", prefix, fd);
	return name;
}

/* What /proc/thread-self means in a thread other than the first. */
static void *in_thread(void *file) {
	int fd = open(file, O_RDONLY);
	must(fd >= 0);
	must(access(named_fd("/proc/thread-self/fd", fd), R_OK) == 0);
	expect_resolved("access", file, named_fd("/proc/thread-self/fd", fd));
	return NULL;
}

int main(int argc, char **argv) {
	must(argc == 2);
	char *first = strdup(below(argv[1], "first")), *second = strdup(below(argv[1], "second"));
	make(first);
	make(second);
	int fd = open(first, O_RDONLY);
	must(access(named_fd("/proc/self/fd", fd), R_OK) == 0);
	expect_touched("access", named_fd("/proc/self/fd", fd));
	expect_resolved("access", first, named_fd("/proc/self/fd", fd));
	must(access(named_fd("/dev/fd", fd), R_OK) == 0);
	expect_resolved("access", first, named_fd("/dev/fd", fd));
	/* The same name for another file. */
	must(dup2(open(second, O_RDONLY), fd) == fd);
	must(access(named_fd("/proc/self/fd", fd), R_OK) == 0);
	expect_resolved("access", second, named_fd("/proc/self/fd", fd));
	must(chdir(argv[1]) == 0 && access("/proc/self/cwd/second", R_OK) == 0);
	expect_resolved("access", second, "/proc/self/cwd/second");
	must(dup2(open(first, O_RDWR), 0) == 0);
	char *output = strdup(below(argv[1], "output"));
	must(symlink("/dev/stdin", output) == 0 && access(output, R_OK) == 0);
	expect_resolved("access", first, output); /* as the logs of many images lead to /dev/stdout */

	char *link = strdup(below(argv[1], "link")), *fresh = strdup(below(argv[1], "fresh"));
	must(symlink("first", link) == 0 && access(link, R_OK) == 0);
	expect_touched("symlink", link);
	expect_touched("access", link);
	expect_resolved("access", first, link);
	/* Moved over the old one, the way `ln -sfn` and deployments do it. */
	must(symlink("second", fresh) == 0 && rename(fresh, link) == 0 && access(link, R_OK) == 0);
	expect_resolved("access", second, link);
	char target[16];
	must(readlink(link, target, sizeof target) == 6);
	expect_touched("readlink", link);

	pthread_t thread;
	must(pthread_create(&thread, NULL, in_thread, first) == 0 && pthread_join(thread, NULL) == 0);
	return 0;
}
