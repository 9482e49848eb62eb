/* Ends in the way its first argument names. As PID 1 or not. */
#define _GNU_SOURCE
#include "expect.h"
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void *end_all(void *argument) {
	(void)argument;
	syscall(SYS_exit_group, 5);
	return NULL;
}

static void daemonise(const char *file) {
	char path[512];
	if (fork() == 0) {
		setsid();
		for (int i = 0; i < 20; i++) {
			usleep(20000);
			sprintf(path, "%s-%d", file, i);
			access(path, R_OK);
		}
		_exit(0);
	}
}

int main(int argc, char **argv) {
	must(argc >= 2);
	const char *how = argv[1];
	if (strcmp(how, "return") == 0) return 3;
	if (strcmp(how, "exit-thread") == 0) syscall(SYS_exit, 4); /* one thread, so this ends the process too */
	if (strcmp(how, "from-thread") == 0) {
		pthread_t thread;
		must(pthread_create(&thread, NULL, end_all, NULL) == 0);
		for (;;) pause();
	}
	if (strcmp(how, "abort") == 0) abort();
	if (strcmp(how, "daemonise") == 0) {
		must(argc == 3);
		daemonise(argv[2]);
		return 0;
	}
	if (strcmp(how, "wait") == 0) {
		/* The recorder's processes are no children of ours: not to wait for, not to be signalled about. */
		siginfo_t info;
		must(waitpid(-1, NULL, 0) == -1);
		must(waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == -1);
		return 0;
	}
	if (strcmp(how, "sleep") == 0) {
		must(write(STDOUT_FILENO, "ready\n", 6) == 6);
		for (;;) pause();
	}
	if (strcmp(how, "work") == 0) {
		/* Long enough to be looked for, and no call fails whatever becomes of the recorder. */
		must(write(STDOUT_FILENO, "ready\n", 6) == 6);
		for (int i = 0; i < 1500; i++) {
			must(access("/", F_OK) == 0);
			usleep(i % 10 ? 0 : 10000);
		}
		return 9;
	}
	return 98;
}
