/* The program of a container: who it runs as, where, with what. */
#ifndef PROCESS_H
#define PROCESS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "identity.h"

enum { VARIABLES_MAX = 4096 };

struct process {
	const char *user;      /* as Docker's USER */
	const char *directory; /* where it starts; absolute */
	char *environment[VARIABLES_MAX + 1]; /* NULL-terminated, and nothing else is inherited */
	int variable_count;
	bool sets_home;
	bool is_hardened; /* no capabilities but those added, and none to be gained */
	uint64_t added_capabilities;
	uint64_t cpu_seconds, file_bytes; /* 0: no limit of ours */
	const char *cgroup;               /* or NULL */
	char **command;                   /* NULL-terminated */
	struct identity identity;
	char program[PATH_MAX];
};

/* Takes an option of contain and enter that is about the program: how many arguments it took, 0 when it is another's, or -1 after a
 * message. `count` are left from its name on. */
int process_option(struct process *process, int count, char **arguments);

/* In the container, as its root: takes on the program's user, capabilities, limits and so on, and finds the program. 0, or an exit
 * code (EXIT_CANNOT_CONTAIN where it is about the user) after a message in the engines' words. */
int process_prepare(struct process *process);

/* Becomes the program. Returns only on failure, with an exit code after a message. */
int process_execute(const struct process *process);

#endif
