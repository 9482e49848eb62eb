#include "guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "supervisor.h"
#include "target.h"
#include "text.h"
#include "trace-file.h"

enum { KICK_INTERVAL_MS = 20 };

static void mark_dead(pid_t supervisor) {
	char words[32];
	struct text text = TEXT_IN(words);
	int status;
	pid_t ended;
	do ended = waitpid(supervisor, &status, 0);
	while (ended < 0 && errno == EINTR);
	if (ended != supervisor) text_append(&text, "unknown"); /* somebody else's child */
	else text_append(&text, WIFSIGNALED(status) ? "signal " : "exit ");
	if (ended == supervisor)
		text_append_unsigned(&text, (unsigned)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)), 10, 1);
	trace_file_dead(text_string(&text));
}

static void let_go_on(int listener, uint64_t id) {
	struct seccomp_answer answer = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	/* Fails for a call that is answered or gone; nothing more can be said of the trace, it is marked already. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* Closing the listener would give the app ENOSYS for every watched call, exit_group(2) among them: some programs then never end.
 * And with the listener open, nobody but us would ever answer the call that the supervisor had taken. */
void guard_take_over(const struct parties *parties, int listener) {
	mark_dead(parties->supervisor);
	let_go_on(listener, parties->call->id);
}

void guard_continue_one(const struct parties *parties, int listener) {
	memset(parties->call, 0, parties->call_size);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, parties->call) == 0) let_go_on(listener, parties->call->id);
}

void guard_continue_all(const struct parties *parties, int listener) {
	struct pollfd poller = {.fd = listener, .events = POLLIN};
	while (poll(&poller, 1, -1) > 0 || errno == EINTR) {
		if (poller.revents & POLLIN) guard_continue_one(parties, listener);
		else if (poller.revents & (POLLHUP | POLLERR | POLLNVAL)) return;
	}
}

/* The supervisor sleeps in an ioctl that, before Linux 6.11, doesn't notice that nobody can call any more. A poll does
 * (POLLHUP since 5.9), so the guard polls and wakes it. */
void guard_watch(const struct parties *parties, int listener) {
	struct pollfd pollers[] = {{.fd = parties->alive[0], .events = POLLIN}, {.fd = listener, .events = 0}};
	for (;;) {
		int ready = poll(pollers, 2, pollers[1].fd < 0 ? KICK_INTERVAL_MS : -1);
		if (ready < 0 && errno != EINTR) return;
		if (pollers[0].revents) {
			char last;
			if (read(parties->alive[0], &last, 1) == 1) return;
			guard_take_over(parties, listener);
			guard_continue_all(parties, listener);
			return;
		}
		if (pollers[1].revents) pollers[1].fd = -1;
		/* Again and again, since the first may come just before it falls asleep. */
		if (pollers[1].fd < 0) kill(parties->supervisor, SIGUSR1);
	}
}

int guard_start_supervisor(struct parties *parties) {
	parties->guard = getpid();
	pid_t child = fork();
	if (child < 0) return -1;
	if (child == 0) {
		/* A group of its own, out of reach of kill(0) and of the terminal. Fails for nobody: a fresh child leads no group. */
		setsid();
		supervisor_run(parties);
	}
	parties->supervisor = child;
	close(parties->to_supervisor[1]);
	close(parties->alive[1]);
	return 0;
}

static _Noreturn void guard_run(struct parties *parties) {
	setsid();
	if (guard_start_supervisor(parties) < 0) _exit(1);
	const int kept[] = {trace_file_descriptor(), parties->to_guard[1], parties->alive[0]};
	become_hidden("slimtrace-guard", kept, sizeof kept / sizeof kept[0]);
	int listener;
	pid_t app;
	/* Closed without a word: the launcher gave up, the supervisor sees the same. */
	if (party_receive(parties->to_guard[1], &app, &listener) == 0) guard_watch(parties, listener);
	_exit(0);
}

int guard_start(struct parties *parties) {
	/* No exit signal: such a "clone child" is invisible to the app's wait(-1), which must see its own children only
	 * (wait(2), __WCLONE). With no flags clone(2) is fork(2). */
	pid_t child = (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (child < 0) return -1;
	if (child == 0) guard_run(parties);
	parties->guard = child;
	close(parties->to_supervisor[1]);
	close(parties->to_guard[1]);
	close(parties->alive[0]);
	close(parties->alive[1]);
	return party_receive(parties->to_supervisor[0], &parties->supervisor, NULL);
}
