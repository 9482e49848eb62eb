/* What Go's runtime does to its threads: SIGURG at a high rate, with SA_RESTART, while they name paths. Each call must come through. */
#define _GNU_SOURCE
#include "expect.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

enum { WORKERS = 4, EACH = 500 };
static atomic_int running = WORKERS;
static atomic_int tids[WORKERS];
static atomic_long handled;
static const char *directory;

static void interrupted(int signal) {
	(void)signal;
	handled++;
}

static void *work(void *argument) {
	long worker = (long)argument;
	tids[worker] = (int)syscall(SYS_gettid);
	for (int i = 0; i < EACH; i++) {
		char path[512];
		struct stat status;
		sprintf(path, "%s/worker-%ld-%d", directory, worker, i);
		must(stat(path, &status) == -1 && errno == ENOENT); /* never EINTR: stat does not know it */
		expect_touched("stat", path);
	}
	running--;
	return NULL;
}

int main(int argc, char **argv) {
	struct sigaction action = {.sa_handler = interrupted, .sa_flags = SA_RESTART};
	pthread_t threads[WORKERS];
	must(argc == 2 && sigaction(SIGURG, &action, NULL) == 0);
	directory = argv[1];
	for (long i = 0; i < WORKERS; i++) must(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
	while (running > 0) {
		for (int i = 0; i < WORKERS; i++)
			if (tids[i]) syscall(SYS_tgkill, getpid(), tids[i], SIGURG);
		nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
	}
	for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
	must(handled > 50);
	return 0;
}
