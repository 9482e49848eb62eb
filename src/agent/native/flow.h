/* Bytes on their way from one descriptor to another, in a loop of poll(2). */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>
#include <stddef.h>

/* One direction: what was read and not yet written. */
struct flow {
	int from, to;
	bool has_ended;
	size_t start, end;
	char bytes[64 * 1024];
};

/* What to poll `from` and `to` for. */
short flow_reads(const struct flow *flow);
short flow_writes(const struct flow *flow);

/* Moves what can be moved, given what poll found. 0, or -1 with errno. A peer that wants no more (EPIPE, ECONNRESET) ends the flow. */
int flow_move(struct flow *flow, short from_events, short to_events);

/* Whether everything has arrived and no more will come. */
bool flow_is_done(const struct flow *flow);

#endif
