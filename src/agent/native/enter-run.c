#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

/* Until the program has ended and what it said is passed on. What it left running may hold its streams, but nobody reads them. */
static void attend(struct entry *entry, int handle) {
	bool is_over = false;
	for (;;) {
		struct pollfd pollers[7] = {{.fd = is_over ? -1 : handle, .events = POLLIN}};
		bool is_full = false;
		for (int i = 0; i < 3; i++) {
			outlet_poll(&entry->streams[i], pollers + 1 + 2 * i);
			is_full |= i > 0 && outlet_is_full(&entry->streams[i]);
		}
		if (is_over) pollers[1].fd = pollers[2].fd = -1;
		int ready = poll(pollers, 7, is_over && !is_full ? 0 : -1);
		if (ready == 0) return;
		if (ready < 0) continue;
		is_over |= pollers[0].revents != 0;
		for (int i = is_over ? 1 : 0; i < 3; i++) outlet_move(&entry->streams[i], pollers + 1 + 2 * i);
	}
}

int run_inside(struct entry *entry) {
	int go[2], status = 0;
	for (int i = 0; i < 3; i++)
		if (outlet_open(&entry->streams[i], i) < 0) return cannot("pipe");
	if (pipe2(go, O_CLOEXEC) < 0) return cannot("pipe");
	signal(SIGPIPE, SIG_IGN);
	pid_t child = fork_into(0);
	/* ENOMEM: the PID namespace has lost its first process (pid_namespaces(7)). */
	if (child < 0) return errno == ENOMEM ? fail(EXIT_CANNOT_CONTAIN, "the container is not running", NULL) : cannot("fork");
	if (child == 0) {
		close(go[1]);
		become(entry, go[0]);
	}
	close(go[0]);
	int handle = open_handle(child);
	for (int i = 0; i < 3; i++) outlet_leave(&entry->streams[i]);
	ssize_t written = handle < 0 ? -1 : write(go[1], "g", 1);
	if (written == 1) attend(entry, handle);
	else kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
