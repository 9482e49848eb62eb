/*
 * enter: runs a program in a container that `contain` started, as `docker exec` does, or joins standard input and output to a port in its
 * network (--relay).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "commands.h"
#include "enter.h"
#include "message.h"
#include "namespaces.h"
#include "parties.h"
#include "process-parent.h"
#include "text.h"

static int set_pid(const char *value, pid_t *pid) {
	uint64_t number;
	if (!parse_unsigned(value, strlen(value), INT32_MAX, &number) || number == 0) return fail(-1, "not a process: ", value, NULL);
	*pid = (pid_t)number;
	return 2;
}

/* How many arguments the option took, 0 when there is no such option, or -1 after a message. */
static int enter_option(struct entry *entry, int count, char **arguments) {
	const char *name = arguments[0];
	if (count > 1 && strcmp(name, "--pid") == 0) return set_pid(arguments[1], &entry->first);
	if (count > 1 && strcmp(name, "--keeper") == 0) return set_pid(arguments[1], &entry->keeper);
	if (count > 2 && strcmp(name, "--relay") == 0) {
		entry->relay = arguments + 1;
		return 3;
	}
	return process_option(&entry->process, count, arguments);
}

static int parse(int count, char **arguments, struct entry *entry) {
	int at = 0;
	while (at < count && strcmp(arguments[at], "--") != 0) {
		int taken = enter_option(entry, count - at, arguments + at);
		if (taken == 0) return fail(EXIT_USAGE, "unknown option, or one without its value: ", arguments[at], NULL);
		if (taken < 0) return EXIT_USAGE;
		at += taken;
	}
	entry->process.command = at + 1 < count ? arguments + at + 1 : NULL;
	bool is_complete = entry->first && entry->keeper && !entry->relay != !entry->process.command;
	return is_complete ? 0 : usage("enter --pid PID --keeper PID [OPTION...] (-- CMD [ARG...] | --relay HOST PORT)");
}

static bool has_ended(int handle) {
	struct pollfd poller = {.fd = handle, .events = POLLIN};
	return poll(&poller, 1, 0) != 0;
}

static int cannot(const char *what) {
	return fail(EXIT_CANNOT_CONTAIN, what, ": ", strerror(errno), NULL);
}

/* The pid may have become another's: it has to be the grandchild of the keeper (contain.h), and to live on after we have looked. */
static int join(const struct entry *entry) {
	char path[32];
	struct text text = TEXT_IN(path);
	text_append(&text, "/proc/");
	text_append_unsigned(&text, (uint64_t)entry->first, 10, 1);
	int handle = open_handle(entry->first);
	int directory = handle < 0 ? -1 : open(text_string(&text), O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool is_ours = directory >= 0 && parent_of(parent_of(entry->first)) == entry->keeper && !has_ended(handle);
	if (!is_ours) return fail(EXIT_CANNOT_CONTAIN, "the container is not running", NULL);
	/* What the container's programs may see of us (/proc/PID) from now on: nothing (ptrace(2), access mode). */
	prctl(PR_SET_DUMPABLE, 0);
	unsigned network = CLONE_NEWUSER | CLONE_NEWNET;
	unsigned everything = network | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	int result = join_namespaces(directory, handle, entry->relay ? network : everything);
	int error = errno;
	close(directory);
	close(handle);
	errno = error;
	return result < 0 ? cannot("cannot enter the container") : 0;
}

static int usher(struct entry *entry, int alive) {
	int code = entry->process.cgroup ? cgroup_join(entry->process.cgroup, 0) : 0;
	if (code == 0) code = join(entry);
	return code ? code : run_inside(entry, alive);
}

/* The program's parent must not be killed before it: the program's remains would go to the machine's init, and where that doesn't see to
 * them, the container could never end (pid_namespaces(7)). So there is a process in between that nobody knows to kill. */
static int run_by_usher(struct entry *entry) {
	int alive[2], status = 0;
	if (pipe2(alive, O_CLOEXEC) < 0) return cannot("pipe");
	pid_t child = fork_into(0);
	if (child < 0) return cannot("fork");
	if (child == 0) {
		close(alive[1]);
		setsid(); /* out of reach of the terminal */
		_exit(usher(entry, alive[0]));
	}
	close(alive[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int command_enter(int argument_count, char **arguments) {
	static struct entry entry; /* as in contain.c */
	entry.process.user = "";
	entry.process.directory = "/";
	int code = parse(argument_count, arguments, &entry);
	if (code) return code;
	close_all_but(NULL, 0);
	if (!entry.relay) return run_by_usher(&entry);
	code = join(&entry);
	return code ? code : command_relay(2, entry.relay);
}
