/* The processes of a trace and the descriptors between them. */
#ifndef PARTIES_H
#define PARTIES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernel-abi.h"

/* In the fifth and sixth argument of party_send's and party_receive's system calls, where a full trace's filter looks for them. */
#define PARTY_MARK_1 0x736c696du
#define PARTY_MARK_2 0x74726163u

struct parties {
	bool is_exec;     /* trace --mode exec */
	bool all_calls;   /* trace --syscalls */
	pid_t app;        /* the process whose end ends the run; in exec mode the supervisor learns it with the listener */
	pid_t guard;
	pid_t supervisor;
	int to_supervisor[2]; /* socket pair: [0] the tracing side, [1] the supervisor */
	int to_guard[2];      /* socket pair: [0] the tracing side, [1] the guard (its own end of `alive` in exec mode) */
	int alive[2];         /* pipe the supervisor keeps open: [0] the guard reads, [1] the supervisor writes */
	struct seccomp_notification *call; /* shared memory: the call the supervisor is at, all zero between two */
	size_t call_size;
};

/* Makes the descriptors and the shared memory; 0, or -1 with errno. */
int parties_open(struct parties *parties);

/* Sends the descriptor and the sender's pid; 0, or -1 with errno. */
int party_send(int socket, pid_t pid, int descriptor);

/* Receives what party_send sent, or -1 with errno (0 for a closed socket). `descriptor` may be NULL when none is expected. */
int party_receive(int socket, pid_t *pid, int *descriptor);

/* Closes every descriptor from 3 on but those in `kept` (at most eight). One left open keeps somebody's pipe from ending: `docker exec`
 * would wait for us. */
void close_all_but(const int *kept, int kept_count);

/* Leaves the terminal, the working directory and every descriptor but those in `kept` (ascending), blocks all signals and
 * takes the name. */
void become_hidden(const char *name, const int *kept, int kept_count);

#endif
