/* Turns one watched call into records of the trace. */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "kernel-abi.h"
#include "table.h"

/* `listener` tells whether the call still waits. Everything is written when this returns. */
void observe_paths(int listener, const struct seccomp_notification *call, const struct row *row);

/* The same for a call that lists the directory of a descriptor. */
void observe_listing(int listener, const struct seccomp_notification *call, const struct row *row);

/* A task may have another root directory from now on. */
void observe_view_changed(void);

#endif
