/* hold: keeps a container open until it is told to stop, and reaps what ends in it. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "commands.h"
#include "message.h"

int command_hold(int argument_count, char **arguments) {
	sigset_t awaited;
	struct sigaction child = {.sa_handler = SIG_DFL};
	(void)arguments;
	if (argument_count > 0) return usage("hold takes no arguments");
	/* PID 1 gets no signal whose action is the default one, except while it blocks it (kernel/signal.c, sig_ignored). */
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &awaited, NULL) < 0 || sigaction(SIGCHLD, &child, NULL) < 0)
		return fail(EXIT_IO, "cannot wait for signals: ", strerror(errno), NULL);
	for (;;) {
		int signal = sigwaitinfo(&awaited, NULL);
		if (signal == SIGTERM || signal == SIGINT) return 0;
		/* Several ends may have come as one signal. */
		while (waitpid(-1, NULL, WNOHANG) > 0) {
		}
	}
}
