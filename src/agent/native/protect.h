/* Keeps the agent's own processes from being killed by the app they watch. */
#ifndef PROTECT_H
#define PROTECT_H

#include <sys/types.h>

#include "kernel-abi.h"
#include "table.h"

/* Whom to protect; once, before the first call is judged. */
void protect_processes(pid_t supervisor, pid_t guard);

/* What a signal call gets for an answer. */
struct verdict {
	enum { VERDICT_CONTINUE, VERDICT_ANSWER } kind;
	int error; /* 0 or a positive errno value, for VERDICT_ANSWER */
};

/* Judges a ROW_SIGNAL or ROW_PIDFD call; kill(-1) is carried out here. */
struct verdict protect_judge(const struct seccomp_notification *call, const struct row *row);

#endif
