/* A program that drops root, then executes a setuid one: both are read, and setuid still works. Started as root. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

int main(int argc, char **argv) {
	if (argc == 3) {
		/* The second life: executed setuid root by a user who isn't. */
		must(geteuid() == 0 && getuid() == 1234);
		must(open(below(argv[1], "secret"), O_RDONLY) >= 0);
		expect_touched("read", below(argv[1], "secret"));
		return 0;
	}
	must(argc == 2 && chmod(argv[1], 0711) == 0);
	must(close(open(below(argv[1], "secret"), O_CREAT | O_WRONLY, 0600)) == 0);
	char command[1024], *self = strdup(below(argv[1], "setuid-copy"));
	sprintf(command, "cp /proc/%d/exe %s && chmod 4755 %s", getpid(), self, self);
	must(system(command) == 0);
	must(setgroups(0, NULL) == 0 && setgid(1234) == 0 && setuid(1234) == 0);
	must(prctl(PR_SET_DUMPABLE, 0) == 0); /* as hard to read as a process gets */
	must(open(below(argv[1], "secret"), O_RDONLY) == -1);
	expect_touched("read", below(argv[1], "secret"));
	access(below(argv[1], "after-dropping"), R_OK);
	expect_touched("access", below(argv[1], "after-dropping"));
	pid_t child = fork();
	if (child == 0) {
		execl(self, self, argv[1], "again", (char *)NULL);
		_exit(1);
	}
	expect_touched("exec", self);
	int status;
	must(waitpid(child, &status, 0) == child && status == 0);
	return 0;
}
