#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contain.h"
#include "message.h"
#include "namespaces.h"
#include "parties.h"
#include "report.h"

static pid_t start_first(struct container *container, const struct ties *ties) {
	unsigned long spaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	if (container->has_own_network) spaces |= CLONE_NEWNET;
	pid_t first = fork_into(spaces);
	if (first == 0) {
		close(ties->go);
		first_run(container, ties->report);
	}
	if (first > 0) return first;
	char words[128];
	struct text message = TEXT_IN(words);
	text_append(&message, "namespaces: ");
	text_append(&message, strerror(errno));
	report_failure(ties->report, EXIT_CANNOT_CONTAIN, &message);
	_exit(1);
}

/* As init, the warden also gets what `enter` leaves behind. */
static int wait_for(pid_t process) {
	int status;
	for (;;) {
		pid_t ended = wait(&status);
		if (ended == process) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (ended < 0 && errno != EINTR) return 1;
	}
}

_Noreturn void warden_run(struct container *container, const struct ties *ties) {
	depend_on_parent(ties->go);
	/* Neither its memory nor its program file is for the container to see, should it get at /proc/PID (ptrace(2), access mode). */
	prctl(PR_SET_DUMPABLE, 0);
	pid_t first = start_first(container, ties);
	/* The end of the report and of the streams must not wait for us. */
	become_hidden("slimtrace-ward", NULL, 0);
	_exit(wait_for(first));
}
