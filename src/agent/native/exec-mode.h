/* trace --mode exec: a command beside the app, as `docker exec` runs it. */
#ifndef EXEC_MODE_H
#define EXEC_MODE_H

#include "launch.h"

/* Runs the command as a traced child, passes signals on, and gives its exit code, 128 + n for a signal. `all_calls`: a full trace. */
int trace_as_parent(const struct launch *launch, bool all_calls);

#endif
