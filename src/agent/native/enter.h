/* A program that is started in a running container. */
#ifndef ENTER_H
#define ENTER_H

#include <sys/types.h>

#include "outlet.h"
#include "process.h"

struct entry {
	pid_t first, keeper; /* the container's first process, and its keeper's pid */
	char **relay;        /* host and port, or NULL */
	struct process process;
	struct outlet streams[3];
};

/* Runs the program in the namespaces that the calling process has joined; its exit code, 128 + signal, or one after a message in the
 * engines' words. Kills it when `alive` becomes readable or is closed at its other end. */
int run_inside(struct entry *entry, int alive);

#endif
