/* The seccomp program: which calls stop for the supervisor. */
#ifndef FILTER_H
#define FILTER_H

#include <stdint.h>
#include <sys/types.h>

#include "kernel-abi.h"

enum { FILTER_CAPACITY = 4096 /* BPF_MAXINSNS */ };

struct filter {
	struct bpf_instruction instructions[FILTER_CAPACITY];
	uint32_t length;
};

/* Builds the program from syscalls.def; signals to `supervisor` and `guard` (or to everybody) are watched too. */
void filter_build(struct filter *filter, pid_t supervisor, pid_t guard);

#endif
