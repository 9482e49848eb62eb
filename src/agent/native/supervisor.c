#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "observe.h"
#include "protect.h"
#include "table.h"
#include "target.h"
#include "text.h"
#include "trace-file.h"

static int listener;
static pid_t app;
static bool records_calls;
static int alive; /* the guard reads the other end */

/* The last byte tells the guard that this is an end, not a death. */
static _Noreturn void finish(void) {
	ssize_t written = write(alive, "k", 1);
	_exit(written == 1 ? 0 : 1);
}

static void interrupted(int signal) {
	(void)signal;
}

/* The guard's signal, which only has to end a wait (no SA_RESTART). */
static void listen_to_guard(void) {
	struct sigaction action = {.sa_handler = interrupted};
	sigset_t kick;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&kick);
	sigaddset(&kick, SIGUSR1);
	sigprocmask(SIG_UNBLOCK, &kick, NULL);
}

static bool is_listener_unused(void) {
	struct pollfd poller = {.fd = listener};
	return poll(&poller, 1, 0) == 1 && (poller.revents & POLLHUP);
}

static bool is_thread_of_app(pid_t task) {
	if (task == app) return true;
	char path[64];
	struct stat ignored;
	struct text text = TEXT_IN(path);
	text_append_unsigned(&text, (uint64_t)app, 10, 1);
	text_append(&text, "/task/");
	text_append_unsigned(&text, (uint64_t)task, 10, 1);
	return fstatat(target_proc(), text_string(&text), &ignored, 0) == 0;
}

/* exit(2) ends one thread, and the process with its last. */
static bool ends_app(const struct seccomp_notification *call, const struct row *row) {
	bool is_whole_process = row->number[0] == 231;
	if (is_whole_process) return is_thread_of_app((pid_t)call->pid);
	struct target_status status;
	return (pid_t)call->pid == app && target_read_status(app, &status) == 0 && status.threads == 1;
}

static void record_end(const struct seccomp_notification *call, const struct row *row) {
	static bool is_recorded;
	char words[32];
	struct text text = TEXT_IN(words);
	if (is_recorded || !ends_app(call, row)) return;
	is_recorded = true;
	text_append(&text, "exit ");
	text_append_unsigned(&text, call->data.args[0] & 0xff, 10, 1);
	trace_file_end(text_string(&text));
}

/* Each call once, before it goes on. What comes before the app's first execve is the launcher's. */
static void record_call(const struct seccomp_notification *call, const struct row *row) {
	static bool is_recorded[ARCHITECTURES_MOST][CALL_NUMBERS];
	static bool has_begun;
	int architecture = architecture_of(call->data.arch);
	int number = call->data.nr;
	/* No kernel has more calls than the table has room for: ENOSYS is what they get, with a profile and without. */
	if (architecture < 0 || number < 0 || number >= CALL_NUMBERS) return;
	if (row && row->access == ACCESS_EXEC && row->kind == ROW_PATHS) has_begun = true;
	if (!has_begun || is_recorded[architecture][number]) return;
	is_recorded[architecture][number] = true;
	trace_file_syscall(architectures[architecture].name, (unsigned)number);
}

static void record_unknown(uint32_t architecture) {
	static uint32_t recorded;
	char name[16];
	struct text text = TEXT_IN(name);
	if (recorded == architecture || is_known_architecture(architecture)) return;
	recorded = architecture;
	text_append_unsigned(&text, architecture, 10, 1);
	trace_file_lost("architecture", text_string(&text));
}

/* SYS_BIND or SYS_CONNECT of net(2); without a full trace, the filter lets no other by. */
static bool names_socket(const struct seccomp_notification *call) {
	uint32_t which = (uint32_t)call->data.args[0];
	return which == 2 || which == 3;
}

static struct verdict attend(const struct seccomp_notification *call) {
	const struct row *row = row_of(call->data.arch, call->data.nr);
	if (records_calls) record_call(call, row);
	if (!row) record_unknown(call->data.arch);
	else if (row->kind == ROW_PATHS && (!row->is_socketcall || names_socket(call))) observe_paths(listener, call, row);
	else if (row->kind == ROW_PATHS) return (struct verdict){VERDICT_CONTINUE, 0};
	else if (row->kind == ROW_LISTS) observe_listing(listener, call, row);
	else if (row->kind == ROW_VIEW) observe_view_changed();
	else if (row->kind == ROW_EXIT) record_end(call, row);
	else return protect_judge(call, row);
	return (struct verdict){VERDICT_CONTINUE, 0};
}

static void reply(uint64_t id, struct verdict verdict) {
	struct seccomp_answer answer = {.id = id};
	if (verdict.kind == VERDICT_CONTINUE) answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else answer.error = -verdict.error;
	/* ENOENT: the task was killed or interrupted, and nobody waits for the answer. */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0 && errno != ENOENT)
		trace_file_lost("answer", strerror(errno));
}

static _Noreturn void attend_forever(struct seccomp_notification *call, size_t size) {
	for (;;) {
		memset(call, 0, size); /* the kernel insists on it */
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, call) == 0) {
			reply(call->id, attend(call));
			continue;
		}
		if (errno != EINTR && errno != ENOENT) {
			/* The guard takes over, which is better than a hang. */
			trace_file_lost("receive", strerror(errno));
			_exit(1);
		}
		/* ENOENT: the task ended before we took its call, or (Linux 6.11) nobody is left. */
		if (!is_listener_unused()) continue;
		trace_file_end("hup");
		finish();
	}
}

_Noreturn void supervisor_run(const struct parties *parties) {
	const int kept[] = {trace_file_descriptor(), target_proc(), parties->to_supervisor[1], parties->alive[1]};
	become_hidden("slimtrace-sup", kept, sizeof kept / sizeof kept[0]);
	listen_to_guard();
	alive = parties->alive[1];
	records_calls = parties->all_calls;
	protect_processes(getpid(), parties->guard);
	int socket = parties->to_supervisor[1];
	if (party_send(socket, getpid(), -1) < 0) _exit(1);
	/* The launcher said on stderr why it gave up. */
	if (party_receive(socket, &app, &listener) < 0) finish();
	if (party_send(socket, getpid(), -1) < 0) _exit(1);
	close(socket);
	/* The app sleeps anyway until it is answered, so let both run on one processor: another would have to be woken from idle first.
	 * A hint, from Linux 6.6; without it things are only slower. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	attend_forever(parties->call, parties->call_size);
}
