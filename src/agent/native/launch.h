/* Becoming the app: filter on, capabilities and root off, execve. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "parties.h"

struct launch {
	char **command; /* NULL-terminated */
	bool sets_home;
	uint64_t dropped_capabilities;
	struct identity identity;
	char program[PATH_MAX]; /* what to execute, found by launch_find_program */
};

/* Whether this kernel and these capabilities allow tracing; 0, or EXIT_CANNOT_TRACE after a message. */
int launch_check_kernel(void);

/* Looks command[0] up as the app's user would; 0, or an exit code after a message. Comes before the filter, so that the lookup is
 * not taken for something the app needs. */
int launch_find_program(struct launch *launch);

/* Puts the calling process under the filter and hands the listener to supervisor and guard; 0, or an exit code after a message. */
int launch_under_filter(struct parties *parties);

/* Becomes the app. Returns only on failure, with an exit code after a message. */
int launch_app(const struct launch *launch);

#endif
