/* The process that records. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <sys/types.h>

#include "parties.h"

/* Runs until the app and all it started are gone, and never returns. */
_Noreturn void supervisor_run(const struct parties *parties);

#endif
