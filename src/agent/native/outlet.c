#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Our own ends only: the file descriptions are not the program's. */
static void never_wait(int fd) {
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int outlet_open(struct outlet *outlet, int number) {
	struct stat status;
	int ends[2];
	outlet->number = number;
	outlet->inside = -1;
	outlet->flow.has_ended = true;
	if (fstat(number, &status) < 0 || !S_ISSOCK(status.st_mode)) return 0;
	if (pipe2(ends, O_CLOEXEC) < 0) return -1;
	bool is_input = number == STDIN_FILENO;
	outlet->inside = ends[is_input ? 0 : 1];
	outlet->flow.from = is_input ? number : ends[0];
	outlet->flow.to = is_input ? ends[1] : number;
	outlet->flow.has_ended = false;
	never_wait(outlet->flow.from);
	never_wait(outlet->flow.to);
	return 0;
}

void outlet_use(const struct outlet *outlet) {
	if (outlet->inside >= 0) dup2(outlet->inside, outlet->number);
}

void outlet_leave(struct outlet *outlet) {
	if (outlet->inside >= 0) {
		close(outlet->inside);
		return;
	}
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) dup2(null, outlet->number);
	if (null >= 0) close(null);
}

void outlet_poll(const struct outlet *outlet, struct pollfd pollers[2]) {
	const struct flow *flow = &outlet->flow;
	bool is_done = flow_is_done(flow);
	pollers[0] = (struct pollfd){.fd = flow_reads(flow) ? flow->from : -1, .events = POLLIN};
	pollers[1] = (struct pollfd){.fd = is_done ? -1 : flow->to, .events = flow_writes(flow)};
}

static void discard(struct flow *flow) {
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null >= 0) flow->to = null;
	else flow->has_ended = true;
}

void outlet_move(struct outlet *outlet, const struct pollfd pollers[2]) {
	struct flow *flow = &outlet->flow;
	if (flow_is_done(flow)) return;
	bool is_input = outlet->number == STDIN_FILENO;
	bool is_closed = pollers[1].revents & (POLLERR | POLLHUP | POLLNVAL);
	if (is_closed && !is_input) discard(flow);
	if (is_closed && is_input) flow->has_ended = true, flow->start = flow->end;
	else if (flow_move(flow, pollers[0].revents, is_closed ? POLLOUT : pollers[1].revents) < 0) flow->has_ended = true, flow->start = flow->end;
	if (is_input && flow_is_done(flow)) close(flow->to);
}

bool outlet_is_full(const struct outlet *outlet) {
	return flow_writes(&outlet->flow);
}
