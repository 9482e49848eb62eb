#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "contain.h"
#include "control.h"
#include "message.h"
#include "namespace-root.h"
#include "namespaces.h"
#include "parties.h"
#include "report.h"
#include "status.h"

enum { PATIENCE_MS = 1000 };

struct keeper {
	pid_t warden;
	int warden_handle; /* pidfds: readable when the process has ended */
	int first_handle;  /* -1 before the program is executed */
	pid_t first;
	int go, report;    /* our ends of struct ties; report is -1 when there is no more */
	bool has_failed, has_ended;
	int code; /* the program's, once it has ended */
};

static int cannot(const char *what) {
	return fail(EXIT_CANNOT_CONTAIN, what, ": ", strerror(errno), NULL);
}

static int start_warden(struct keeper *keeper, struct container *container) {
	int go[2], report[2];
	if (outlet_open(&container->out, STDOUT_FILENO) < 0 || outlet_open(&container->error, STDERR_FILENO) < 0) return cannot("pipe");
	if (pipe2(go, O_CLOEXEC) < 0 || report_open(report) < 0) return cannot("pipe");
	bool has_map = container->map.kind != ID_MAP_NONE;
	keeper->warden = fork_into(CLONE_NEWPID | (has_map ? CLONE_NEWUSER : 0ul));
	if (keeper->warden < 0) return has_map ? id_map_refused(errno) : cannot("namespaces");
	if (keeper->warden == 0) {
		const struct ties ties = {.go = go[0], .report = report[1]};
		close(go[1]);
		close(report[0]);
		warden_run(container, &ties);
	}
	close(go[0]);
	close(report[1]);
	keeper->go = go[1];
	keeper->report = report[0];
	keeper->warden_handle = open_handle(keeper->warden);
	return keeper->warden_handle < 0 ? cannot("this kernel is too old (Linux 5.6 or later is needed): pidfd_open") : 0;
}

static int start(struct keeper *keeper, struct container *container) {
	int code = start_warden(keeper, container);
	if (code == 0) code = id_map_write(&container->map, keeper->warden);
	if (code == 0 && container->process.cgroup) code = cgroup_join(container->process.cgroup, keeper->warden);
	if (code == 0 && write(keeper->go, "m", 1) != 1) code = cannot("the container's first process has ended");
	return code;
}

/* Everything in the container ends with it. */
static void end_container(const struct keeper *keeper) {
	kill(keeper->warden, SIGKILL); /* our child, not yet waited for: the pid is still its own */
}

static void take_report(struct keeper *keeper) {
	static struct packet packet;
	report_read(keeper->report, &packet);
	switch (packet.kind) {
	case PACKET_READY:
		keeper->first = packet.sender;
		keeper->first_handle = open_handle(packet.sender);
		report_answer(keeper->report);
		break;
	case PACKET_FAILURE:
		keeper->has_failed = true;
		status_failed(packet.line);
		break;
	case PACKET_END:
		if (!keeper->has_failed && keeper->first_handle >= 0) status_started(keeper->first);
		else if (!keeper->has_failed) status_failed("125 the container's first process ended before its program began");
		keeper->has_failed |= keeper->first_handle < 0;
		close(keeper->report);
		keeper->report = -1;
	}
}

static void take_end(struct keeper *keeper) {
	int status = 0;
	while (waitpid(keeper->warden, &status, 0) < 0 && errno == EINTR) {
	}
	keeper->has_ended = true;
	keeper->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void take_control(const struct keeper *keeper, struct control *control) {
	int signal = control_read(control);
	if (control->has_ended && !keeper->has_ended) end_container(keeper);
	else if (signal > 0 && keeper->first_handle >= 0) syscall(SYS_pidfd_send_signal, keeper->first_handle, signal, NULL, 0);
}

/* Until everything has ended and what the container said is passed on. */
static void attend(struct keeper *keeper, struct container *container) {
	struct control control = {.has_ended = false};
	for (;;) {
		bool is_over = keeper->has_ended && keeper->report < 0;
		struct pollfd pollers[7] = {
			{.fd = control.has_ended ? -1 : STDIN_FILENO, .events = POLLIN},
			{.fd = keeper->report, .events = POLLIN},
			{.fd = keeper->has_ended ? -1 : keeper->warden_handle, .events = POLLIN},
		};
		outlet_poll(&container->out, pollers + 3);
		outlet_poll(&container->error, pollers + 5);
		bool is_full = outlet_is_full(&container->out) || outlet_is_full(&container->error);
		/* Nobody is left who could write. What is left to be read waits for its reader, but not for one who has given the container up. */
		int patience_ms = !is_over || (is_full && !control.has_ended) ? -1 : is_full ? PATIENCE_MS : 0;
		int ready = poll(pollers, 7, patience_ms);
		if (ready == 0) return;
		if (ready < 0) continue;
		if (pollers[1].revents) take_report(keeper);
		if (pollers[2].revents) take_end(keeper);
		outlet_move(&container->out, pollers + 3);
		outlet_move(&container->error, pollers + 5);
		if (pollers[0].revents) take_control(keeper, &control);
	}
}

void keeper_run(struct container *container) {
	static char words[4096];
	struct keeper keeper = {.warden = -1, .first_handle = -1, .report = -1};
	struct text message = TEXT_IN(words);
	const int kept[] = {STATUS_DESCRIPTOR};
	close_all_but(kept, 1);
	setsid(); /* an interrupt from the terminal is for the caller, who ends us. Fails for the leader of a group, which has its own */
	signal(SIGPIPE, SIG_IGN); /* whoever reads us may be gone; then the end of our input tells it */
	message_keep_in(&message);
	int code = own_namespace_root();
	if (code == 0) code = start(&keeper, container);
	if (code) {
		if (keeper.warden > 0) end_container(&keeper);
		status_failure(code, &message);
		return;
	}
	outlet_leave(&container->out);
	outlet_leave(&container->error);
	attend(&keeper, container);
	if (!keeper.has_failed) status_exit(keeper.code);
}
