/* The seccomp program: which calls stop for the supervisor. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel-abi.h"

enum { FILTER_CAPACITY = 4096 /* BPF_MAXINSNS */ };

struct filter {
	struct bpf_instruction instructions[FILTER_CAPACITY];
	uint32_t length;
};

/* What is watched beside syscalls.def. */
struct watched {
	pid_t supervisor, guard; /* signals to them, or to everybody */
	bool all_calls;          /* every call but those of unwatched.def and the parties' own (parties.h) */
};

/* Builds the program. */
void filter_build(struct filter *filter, const struct watched *watched);

#endif
