/* Watches the supervisor: a trace whose recorder died must not pass for a whole one. */
#ifndef GUARD_H
#define GUARD_H

#include <sys/types.h>

#include "parties.h"

/* Starts supervisor and guard for --mode init and gives the supervisor's pid to `parties`; 0, or -1 with errno. */
int guard_start(struct parties *parties);

/* Starts the supervisor as a child of the caller, who is its guard; 0, or -1 with errno. */
int guard_start_supervisor(struct parties *parties);

/* Waits until the supervisor has ended, waking it when nobody is traced any more. If it died, the trace is marked and the app's
 * calls are let go on, unrecorded, until nobody is left. */
void guard_watch(const struct parties *parties, int listener);

/* The supervisor is dead: marks the trace and answers the call it was at. */
void guard_take_over(const struct parties *parties, int listener);

/* Lets all calls go on until nobody is left. */
void guard_continue_all(const struct parties *parties, int listener);

/* Lets one call go on, unrecorded; for when the listener is readable. */
void guard_continue_one(const struct parties *parties, int listener);

#endif
