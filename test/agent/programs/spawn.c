/* Every way to start a program: fork, vfork, posix_spawn, a descriptor, a descriptor of a directory, a script, from a thread. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char *arguments[] = {"true", NULL};
static char *nothing[] = {NULL};
static const char *directory;

static void wait_for(pid_t child) {
	int status;
	must(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void copy_true(const char *path) {
	char command[1024];
	sprintf(command, "cp /bin/true %s", path);
	must(system(command) == 0);
}

/* execve from a thread that isn't the first: it takes over the process's id. */
static void *execute(void *argument) {
	(void)argument;
	execve(below(directory, "by-thread"), arguments, nothing);
	return NULL;
}

int main(int argc, char **argv) {
	must(argc == 2);
	directory = argv[1];
	const char *names[] = {"by-fork", "by-vfork", "by-spawn", "by-descriptor", "by-directory", "by-thread"};
	for (int i = 0; i < 6; i++) copy_true(below(directory, names[i]));
	for (int i = 0; i < 6; i++) expect_touched("exec", below(directory, names[i]));
	pid_t child = fork();
	if (child == 0) execve(below(directory, "by-fork"), arguments, nothing);
	wait_for(child);
	child = vfork();
	if (child == 0) {
		execve(below(directory, "missing-for-vfork"), arguments, nothing);
		execve(below(directory, "by-vfork"), arguments, nothing);
		_exit(1);
	}
	wait_for(child);
	expect_touched("exec", below(directory, "missing-for-vfork"));
	must(posix_spawn(&child, below(directory, "by-spawn"), NULL, NULL, arguments, nothing) == 0);
	wait_for(child);
	int fd = open(below(directory, "by-descriptor"), O_PATH | O_CLOEXEC), folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	child = fork();
	if (child == 0) syscall(SYS_execveat, fd, "", arguments, nothing, AT_EMPTY_PATH);
	wait_for(child);
	child = fork();
	if (child == 0) syscall(SYS_execveat, folder, "by-directory", arguments, nothing, 0);
	wait_for(child);
	const char *script = below(directory, "script");
	int out = open(script, O_CREAT | O_WRONLY, 0700);
	must(write(out, "#!/bin/sh -e\nexit 0\n", 20) == 20 && close(out) == 0);
	child = fork();
	if (child == 0) execve(script, arguments, nothing);
	wait_for(child);
	expect_touched("exec", script);
	child = fork();
	if (child == 0) {
		pthread_t thread;
		pthread_create(&thread, NULL, execute, NULL);
		for (;;) access("/while/executing", R_OK);
	}
	wait_for(child);
	return 0;
}
