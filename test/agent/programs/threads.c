/* Many threads that name paths at the same time, one with a working directory of its own; then a fork storm. */
#define _GNU_SOURCE
#include "expect.h"
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { THREADS = 16, EACH = 200, CHILDREN = 300 };
static const char *directory;

static void *name_many(void *argument) {
	char path[512];
	for (int i = 0; i < EACH; i++) {
		sprintf(path, "%s/thread-%ld-%d", directory, (long)argument, i);
		access(path, R_OK);
		expect_touched("access", path);
	}
	return NULL;
}

static void *move_alone(void *argument) {
	(void)argument;
	must(unshare(CLONE_FS) == 0 && chdir(below(directory, "own")) == 0);
	access("of-one-thread", R_OK);
	expect_touched("access", below(directory, "own/of-one-thread"));
	return NULL;
}

int main(int argc, char **argv) {
	must(argc == 2 && chdir(argv[1]) == 0 && mkdir("own", 0700) == 0);
	directory = argv[1];
	pthread_t threads[THREADS + 1];
	for (long i = 0; i < THREADS; i++) must(pthread_create(&threads[i], NULL, name_many, (void *)i) == 0);
	must(pthread_create(&threads[THREADS], NULL, move_alone, NULL) == 0);
	for (int i = 0; i <= THREADS; i++) pthread_join(threads[i], NULL);
	access("still-here", R_OK);
	expect_touched("access", below(directory, "still-here"));
	for (int i = 0; i < CHILDREN; i++) {
		char path[512];
		sprintf(path, "%s/child-%d", directory, i);
		if (fork() == 0) {
			access(path, R_OK);
			_exit(0);
		}
		expect_touched("access", path);
	}
	while (wait(NULL) > 0) {
	}
	return 0;
}
