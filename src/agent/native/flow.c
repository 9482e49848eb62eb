#include "flow.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

short flow_reads(const struct flow *flow) {
	return !flow->has_ended && flow->start == flow->end ? POLLIN : 0;
}

short flow_writes(const struct flow *flow) {
	return flow->start < flow->end ? POLLOUT : 0;
}

int flow_move(struct flow *flow, short from_events, short to_events) {
	if (flow_reads(flow) && from_events) {
		ssize_t got = read(flow->from, flow->bytes, sizeof flow->bytes);
		if (got < 0 && errno != EINTR && errno != EAGAIN && errno != ECONNRESET) return -1;
		if (got == 0 || (got < 0 && errno == ECONNRESET)) flow->has_ended = true;
		flow->start = 0;
		flow->end = got > 0 ? (size_t)got : 0;
	}
	if (flow_writes(flow) && to_events) {
		ssize_t put = write(flow->to, flow->bytes + flow->start, flow->end - flow->start);
		if (put < 0 && (errno == EPIPE || errno == ECONNRESET)) {
			flow->has_ended = true;
			flow->start = flow->end;
		} else if (put < 0 && errno != EINTR && errno != EAGAIN) {
			return -1;
		}
		if (put > 0) flow->start += (size_t)put;
	}
	return 0;
}

bool flow_is_done(const struct flow *flow) {
	return flow->has_ended && flow->start == flow->end;
}
