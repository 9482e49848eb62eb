#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enter.h"
#include "message.h"
#include "namespaces.h"
#include "parties.h"
#include "text.h"

static int cannot(const char *what) {
	return fail(EXIT_CANNOT_CONTAIN, what, ": ", strerror(errno), NULL);
}

/* In Docker's words: what is about the user stands alone, what runc says is introduced. */
static int tell(int code, const struct text *message) {
	static char bytes[8 * 1024];
	struct text line = TEXT_IN(bytes);
	if (code != EXIT_CANNOT_CONTAIN) text_append(&line, "OCI runtime exec failed: exec failed: unable to start container process: ");
	text_append_bytes(&line, message->bytes, message->length);
	if (code != EXIT_CANNOT_CONTAIN) text_append(&line, ": unknown");
	if (line.length == line.capacity) line.length--;
	text_append(&line, "\n");
	ssize_t written = write(STDERR_FILENO, line.bytes, line.length);
	(void)written;
	return code == EXIT_CANNOT_CONTAIN ? EXIT_NOT_EXECUTABLE : code;
}

static _Noreturn void become(struct entry *entry, int go) {
	static char words[4096];
	struct text message = TEXT_IN(words);
	message_keep_in(&message);
	depend_on_parent(go);
	setsid(); /* a child leads no group, so it can't fail */
	for (int i = 0; i < 3; i++) outlet_use(&entry->streams[i]);
	close_all_but(NULL, 0);
	int code = process_prepare(&entry->process);
	if (code == 0) code = process_execute(&entry->process);
	_exit(tell(code, &message));
}

struct run {
	pid_t program;
	int handle; /* its pidfd, -1 once it has ended */
	int alive;  /* readable when nobody waits for us any more, then -1 */
	int status;
};

/* At once, whoever reads its output: a container can't end while there is a zombie in it whose parent is outside. */
static void reap(struct run *run) {
	while (waitpid(run->program, &run->status, 0) < 0 && errno == EINTR) {
	}
	close(run->handle);
	run->handle = -1;
}

/* Until the program has ended and what it said is passed on. What it left running may hold its streams, but nobody reads them. */
static void attend(struct entry *entry, struct run *run) {
	for (;;) {
		bool is_over = run->handle < 0, is_full = false;
		struct pollfd pollers[8] = {{.fd = run->handle, .events = POLLIN}, {.fd = run->alive, .events = POLLIN}};
		for (int i = is_over ? 1 : 0; i < 3; i++) {
			outlet_poll(&entry->streams[i], pollers + 2 + 2 * i);
			is_full |= i > 0 && outlet_is_full(&entry->streams[i]);
		}
		if (is_over) pollers[2].fd = pollers[3].fd = -1;
		int ready = poll(pollers, 8, is_over && !is_full ? 0 : -1);
		if (ready == 0) return;
		if (ready < 0) continue;
		for (int i = is_over ? 1 : 0; i < 3; i++) outlet_move(&entry->streams[i], pollers + 2 + 2 * i);
		if (pollers[1].revents && !is_over) kill(run->program, SIGKILL);
		if (pollers[1].revents) run->alive = -1;
		if (pollers[0].revents) reap(run);
	}
}

int run_inside(struct entry *entry, int alive) {
	int go[2];
	struct run run = {.alive = alive};
	for (int i = 0; i < 3; i++)
		if (outlet_open(&entry->streams[i], i) < 0) return cannot("pipe");
	if (pipe2(go, O_CLOEXEC) < 0) return cannot("pipe");
	signal(SIGPIPE, SIG_IGN);
	run.program = fork_into(0);
	/* ENOMEM: the PID namespace has lost its first process (pid_namespaces(7)). */
	if (run.program < 0 && errno == ENOMEM) return fail(EXIT_CANNOT_CONTAIN, "the container is not running", NULL);
	if (run.program < 0) return cannot("fork");
	if (run.program == 0) {
		close(go[1]);
		become(entry, go[0]);
	}
	close(go[0]);
	run.handle = open_handle(run.program);
	if (run.handle < 0) return cannot("pidfd_open");
	for (int i = 0; i < 3; i++) outlet_leave(&entry->streams[i]);
	/* Ended already, where there is no reader; it is reaped all the same. */
	ssize_t written = write(go[1], "g", 1);
	(void)written;
	attend(entry, &run);
	return WIFSIGNALED(run.status) ? 128 + WTERMSIG(run.status) : WEXITSTATUS(run.status);
}
