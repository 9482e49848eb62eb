/*
 * Kills everything it can, as PID 1 of its namespace: all at once, each process /proc shows in every way there is, and the parents of
 * its own orphans. The recorder must survive, other processes must die, and answers must be those of a kernel without it.
 */
#define _GNU_SOURCE
#include "expect.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void name_of(const char *pid, char *name) {
	char path[300];
	sprintf(path, "/proc/%s/comm", pid);
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? 0 : read(fd, name, 63);
	name[length > 0 ? length - 1 : 0] = '\0';
	if (fd >= 0) close(fd);
}

/* Every call that ends in a signal gets ESRCH for the recorder's processes: they don't exist for the app. */
static void attack(pid_t pid) {
	siginfo_t info = {.si_signo = SIGKILL, .si_code = SI_QUEUE};
	must(kill(pid, SIGKILL) == -1 && errno == ESRCH);
	must(kill(-pid, SIGKILL) == -1 && errno == ESRCH);
	must(kill(pid, 0) == -1 && errno == ESRCH);
	must(syscall(SYS_tkill, pid, SIGKILL) == -1 && errno == ESRCH);
	must(syscall(SYS_tgkill, pid, pid, SIGKILL) == -1 && errno == ESRCH);
	must(syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &info) == -1 && errno == ESRCH);
	must(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGKILL, &info) == -1 && errno == ESRCH);
	must(syscall(SYS_kill, 0x100000000l + pid, SIGKILL) == -1 && errno == ESRCH); /* the upper half is no part of a pid */
	must(syscall(434 /* pidfd_open */, pid, 0) == -1 && errno == ESRCH);
	char path[64];
	sprintf(path, "/proc/%d", pid);
	int directory = open(path, O_RDONLY | O_DIRECTORY);
	must(directory >= 0 && syscall(424 /* pidfd_send_signal */, directory, SIGKILL, NULL, 0) == -1 && errno == ESRCH);
	close(directory);
}

static int attack_recorder(void) {
	int found = 0;
	DIR *processes = opendir("/proc");
	for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
		char name[64] = "";
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
		name_of(entry->d_name, name);
		if (strncmp(name, "slimtrace-", 10) != 0) continue;
		attack(atoi(entry->d_name));
		found++;
	}
	closedir(processes);
	return found;
}

static pid_t start_sleeper(void) {
	pid_t child = fork();
	must(child >= 0);
	if (child == 0)
		for (;;) pause();
	return child;
}

int main(int argc, char **argv) {
	int status;
	must(argc == 2);
	must(kill(-1, 0) == -1 && errno == ESRCH); /* nobody but us and those who don't exist */
	pid_t first = start_sleeper(), second = start_sleeper();
	must(kill(-1, 0) == 0);
	must(kill(-1, 65) == -1 && errno == EINVAL);
	must(kill(-1, SIGTERM) == 0);
	must(waitpid(first, &status, 0) == first && WTERMSIG(status) == SIGTERM);
	must(waitpid(second, &status, 0) == second && WTERMSIG(status) == SIGTERM);
	must(wait(&status) == -1 && errno == ECHILD); /* the recorder is no child of ours to wait for */
	must(attack_recorder() == 2);
	must(kill(0, SIGCONT) == 0);
	/* A user without rights over anybody: the kernel says 0 when all it met refused (kill_something_info). */
	first = start_sleeper();
	second = fork();
	if (second == 0) {
		must(setuid(4321) == 0 && kill(-1, SIGKILL) == 0);
		_exit(0);
	}
	must(waitpid(second, &status, 0) == second && status == 0);
	must(kill(first, 0) == 0 && kill(first, SIGKILL) == 0 && waitpid(first, &status, 0) == first);
	access(below(argv[1], "still-recorded"), R_OK);
	expect_touched("access", below(argv[1], "still-recorded"));
	return 0;
}
