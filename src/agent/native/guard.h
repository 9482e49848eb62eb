/* Watches the supervisor: a trace whose recorder died must not pass for a whole one. */
#ifndef GUARD_H
#define GUARD_H

#include <sys/types.h>

#include "parties.h"

/* Starts supervisor and guard for --mode init and gives the supervisor's pid to `parties`; 0, or -1 with errno. */
int guard_start(struct parties *parties);

/* Starts the supervisor as a child of the caller, who is its guard; 0, or -1 with errno. */
int guard_start_supervisor(struct parties *parties);

/* Waits until the supervisor has ended, waking it when nobody is traced any more, and marks the trace if it died. */
void guard_watch(const struct parties *parties, int listener);

/* Marks the trace: the supervisor is dead. */
void guard_mark_dead(pid_t supervisor);

#endif
