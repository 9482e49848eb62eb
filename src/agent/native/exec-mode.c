#include "exec-mode.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "message.h"
#include "trace-file.h"

struct inherited {
	sigset_t mask;
	struct sigaction child; /* ignored, it would take exit codes away (wait(2)) */
};

struct run {
	struct parties parties;
	pid_t command;
	int listener; /* -1 before there is one */
	int signals;
	bool has_ended;
	int status;
	bool is_supervisor_gone, is_supervisor_dead;
};

static int open_signals(struct inherited *inherited) {
	sigset_t all;
	struct sigaction child = {.sa_handler = SIG_DFL};
	sigfillset(&all);
	sigaction(SIGCHLD, &child, &inherited->child);
	sigprocmask(SIG_BLOCK, &all, &inherited->mask);
	return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

static _Noreturn void become_command(struct run *run, const struct launch *launch, const struct inherited *inherited) {
	close(run->signals);
	close(run->parties.to_guard[1]);
	close(run->parties.alive[0]);
	int code = launch_under_filter(&run->parties);
	if (code == 0) {
		sigaction(SIGCHLD, &inherited->child, NULL);
		sigprocmask(SIG_SETMASK, &inherited->mask, NULL);
		code = launch_app(launch);
	}
	_exit(code);
}

static void reap(struct run *run) {
	int status;
	/* Only the command: the supervisor's end is told by its pipe, and its status is wanted then. */
	if (!run->has_ended && waitpid(run->command, &status, WNOHANG) == run->command) {
		run->has_ended = true;
		run->status = status;
	}
}

static void take_signals(struct run *run) {
	struct signalfd_siginfo info;
	while (read(run->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD) reap(run);
		/* What the terminal sends (si_code SI_KERNEL), the command got itself as a member of the foreground group. */
		else if (!run->has_ended && info.ssi_code != 0x80) kill(run->command, (int)info.ssi_signo);
	}
}

static void take_supervisor_end(struct run *run) {
	char last;
	run->is_supervisor_gone = true;
	if (read(run->parties.alive[0], &last, 1) == 1) return;
	run->is_supervisor_dead = true;
	if (run->listener >= 0) guard_take_over(&run->parties, run->listener);
}

static void wait_for_command(struct run *run) {
	while (!run->has_ended) {
		struct pollfd pollers[] = {
			{.fd = run->signals, .events = POLLIN},
			{.fd = run->is_supervisor_gone ? -1 : run->parties.alive[0], .events = POLLIN},
			{.fd = run->is_supervisor_dead ? run->listener : -1, .events = POLLIN},
		};
		if (poll(pollers, 3, -1) < 0 && errno != EINTR) return;
		if (pollers[1].revents) take_supervisor_end(run);
		if (pollers[2].revents & POLLIN) guard_continue_one(&run->parties, run->listener);
		if (pollers[0].revents) take_signals(run);
	}
}

/* What the command left running goes on under the trace, with a guard of its own; nobody waits for it. */
static void leave_behind(const struct run *run) {
	if (fork() != 0) return;
	setsid();
	const int kept[] = {trace_file_descriptor(), run->parties.alive[0], run->listener};
	become_hidden("slimtrace-guard", kept, sizeof kept / sizeof kept[0]);
	if (run->is_supervisor_dead) guard_continue_all(&run->parties, run->listener);
	else guard_watch(&run->parties, run->listener);
	_exit(0);
}

static void settle(const struct run *run) {
	struct pollfd poller = {.fd = run->listener};
	bool is_unused = poll(&poller, 1, 0) == 1 && (poller.revents & POLLHUP);
	if (is_unused && run->is_supervisor_gone) return;
	if (is_unused) {
		guard_watch(&run->parties, run->listener);
		waitpid(run->parties.supervisor, NULL, 0); /* left as a zombie, it would end up with the container's PID 1 */
	} else {
		leave_behind(run);
	}
}

static int start(struct run *run, const struct launch *launch) {
	struct inherited inherited;
	pid_t ignored;
	if (parties_open(&run->parties) < 0 || guard_start_supervisor(&run->parties) < 0) return -1;
	if (party_receive(run->parties.to_supervisor[0], &ignored, NULL) < 0) return -1;
	run->signals = open_signals(&inherited);
	if (run->signals < 0) return -1;
	run->command = fork();
	if (run->command < 0) return -1;
	if (run->command == 0) become_command(run, launch, &inherited);
	close(run->parties.to_supervisor[0]);
	close(run->parties.to_guard[0]);
	return 0;
}

int trace_as_parent(const struct launch *launch, bool all_calls) {
	static struct run run = {.parties.is_exec = true, .listener = -1};
	pid_t ignored;
	run.parties.all_calls = all_calls;
	if (start(&run, launch) < 0) return fail(EXIT_CANNOT_TRACE, "cannot trace: cannot start: ", strerror(errno), NULL);
	/* Nothing comes where the filter could not be installed: the child has said why, and its exit code is ours. */
	bool is_traced = party_receive(run.parties.to_guard[1], &ignored, &run.listener) == 0;
	wait_for_command(&run);
	if (is_traced) settle(&run);
	return WIFSIGNALED(run.status) ? 128 + WTERMSIG(run.status) : WEXITSTATUS(run.status);
}
