/* A container without a daemon: three processes of ours, and then the program.
 *
 * The keeper is what the caller started. It stays outside, hears its signals and tells what happens. Its child, the warden, is the first
 * process of a PID namespace, in the new user namespace: with the keeper's end the kernel ends it, and with it everything, whatever users
 * the container's programs have become meanwhile. The warden's child is the first of a PID namespace again, the container's, and becomes
 * the program. */
#ifndef CONTAIN_H
#define CONTAIN_H

#include <stdbool.h>

#include "id-map.h"
#include "mounts-places.h"
#include "mounts-root.h"
#include "outlet.h"
#include "process.h"

struct container {
	struct id_map map;
	struct root_source root;
	struct place places[PLACES_MAX];
	int place_count;
	const char *hostname; /* or NULL */
	bool has_own_network;
	bool is_read_only; /* the root; what is mounted on it is as it was asked for */
	struct process process;
	struct outlet out, error;
};

/* Reads the command line. 0, or EXIT_USAGE after a message. */
int container_parse(int count, char **arguments, struct container *container);

/* Runs the container from start to end, with the protocol of contain.c on descriptors 0 and 3. */
void keeper_run(struct container *container);

/* The calls between the keeper and the two others, who are in namespaces of their own. */
struct ties {
	int go;     /* the warden's end: a byte once its ids are mapped, and the end of file with the keeper */
	int report; /* the others' end: what becomes of the start (report.h) */
};

/* Becomes the warden, whose exit code is the program's (128 + signal). */
_Noreturn void warden_run(struct container *container, const struct ties *ties);

/* Becomes the container's first process and then its program. */
_Noreturn void first_run(struct container *container, int report);

#endif
