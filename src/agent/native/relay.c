/*
 * relay: joins standard input and output to a TCP port inside the container's network. Prints `+` once it is connected; every byte
 * after it is the peer's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands.h"
#include "flow.h"
#include "message.h"
#include "text.h"

static int connect_to(const struct sockaddr *address, socklen_t length) {
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) return -1;
	if (connect(fd, address, length) == 0) return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int connect_v4(const char *host, uint16_t port) {
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	errno = EINVAL;
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return -1;
	return connect_to((struct sockaddr *)&address, sizeof address);
}

static int connect_v6(const char *host, uint16_t port) {
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	errno = EINVAL;
	if (inet_pton(AF_INET6, host, &address.sin6_addr) != 1) return -1;
	return connect_to((struct sockaddr *)&address, sizeof address);
}

static int connect_host(const char *host, uint16_t port) {
	if (strcmp(host, "localhost") != 0) return strchr(host, ':') ? connect_v6(host, port) : connect_v4(host, port);
	int fd = connect_v4("127.0.0.1", port);
	int error = errno;
	if (fd >= 0) return fd;
	fd = connect_v6("::1", port);
	/* Without IPv6 the second failure says nothing. */
	if (fd < 0) errno = error;
	return fd;
}

static int relay(int socket) {
	static struct flow in, out;
	in = (struct flow){.from = STDIN_FILENO, .to = socket};
	out = (struct flow){.from = socket, .to = STDOUT_FILENO};
	bool is_half_closed = false;
	while (!flow_is_done(&in) || !flow_is_done(&out)) {
		if (flow_is_done(&in) && !is_half_closed) is_half_closed = shutdown(socket, SHUT_WR) <= 0;
		struct pollfd pollers[] = {
			{.fd = flow_reads(&in) ? in.from : -1, .events = POLLIN},
			{.fd = flow_writes(&in) ? socket : -1, .events = POLLOUT},
			{.fd = flow_reads(&out) ? socket : -1, .events = POLLIN},
			{.fd = flow_writes(&out) ? out.to : -1, .events = POLLOUT},
		};
		/* Once the peer has ended, whatever still comes on standard input has nowhere to go. */
		if (flow_is_done(&out)) return 0;
		if (poll(pollers, 4, -1) < 0 && errno != EINTR) return -1;
		if (flow_move(&in, pollers[0].revents, pollers[1].revents) < 0) return -1;
		if (flow_move(&out, pollers[2].revents, pollers[3].revents) < 0) return -1;
	}
	return 0;
}

int command_relay(int argument_count, char **arguments) {
	uint64_t port;
	struct in6_addr ignored;
	if (argument_count != 2) return usage("relay HOST PORT");
	const char *host = arguments[0];
	if (!parse_unsigned(arguments[1], strlen(arguments[1]), 65535, &port) || port == 0)
		return usage("relay HOST PORT: the port is 1 to 65535");
	if (strcmp(host, "localhost") != 0 && inet_pton(strchr(host, ':') ? AF_INET6 : AF_INET, host, &ignored) != 1)
		return usage("relay HOST PORT: the host is an address or localhost");
	signal(SIGPIPE, SIG_IGN); /* a write to a closed end is an answer, not an accident */
	int socket = connect_host(host, (uint16_t)port);
	if (socket < 0) return fail(EXIT_UNREACHABLE, errno == ECONNREFUSED ? "connection refused" : strerror(errno), NULL);
	if (write(STDOUT_FILENO, "+", 1) != 1) return fail(EXIT_IO, "cannot write: ", strerror(errno), NULL);
	return relay(socket) == 0 ? 0 : fail(EXIT_IO, "the connection broke: ", strerror(errno), NULL);
}
