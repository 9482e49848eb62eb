/* Standard streams for a container's program. Node.js hands out sockets, which /dev/stdout can't be opened on; a pipe stands in. */
#ifndef OUTLET_H
#define OUTLET_H

#include <poll.h>
#include <stdbool.h>

#include "flow.h"

struct outlet {
	int number; /* STDIN_FILENO and so on */
	int inside; /* the program's end of the pipe, -1 where the descriptor is passed on as it is */
	struct flow flow;
};

/* 0, or -1 with errno. */
int outlet_open(struct outlet *outlet, int number);

/* In the program's process: the pipe takes the descriptor's place. */
void outlet_use(const struct outlet *outlet);

/* In ours: leaves the program's end to it; the last use of the descriptor itself where there is no pipe. */
void outlet_leave(struct outlet *outlet);

/* Fills two of poll's places. */
void outlet_poll(const struct outlet *outlet, struct pollfd pollers[2]);

/* Moves what poll found; an output nobody reads any more goes nowhere, as with an engine's log, and an input's end is passed on. */
void outlet_move(struct outlet *outlet, const struct pollfd pollers[2]);

/* Whether bytes are on their way. */
bool outlet_is_full(const struct outlet *outlet);

#endif
