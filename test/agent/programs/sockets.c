/* AF_UNIX names: relative, as long as they get, without a NUL; abstract and other families name no path. */
#define _GNU_SOURCE
#include "expect.h"
#include <arpa/inet.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t fill(struct sockaddr_un *address, const char *path, size_t length) {
	memset(address, 'Q', sizeof *address); /* no NUL behind the path by chance */
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

int main(int argc, char **argv) {
	struct sockaddr_un address;
	must(argc == 2 && chdir(argv[1]) == 0);
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	must(bind(server, (struct sockaddr *)&address, fill(&address, "server", 7)) == 0 && listen(server, 1) == 0);
	expect_touched("bind", below(argv[1], "server"));
	must(connect(client, (struct sockaddr *)&address, fill(&address, "server", 6)) == 0);
	expect_touched("connect", below(argv[1], "server"));
	char longest[sizeof address.sun_path + 1];
	memset(longest, 'l', sizeof longest);
	longest[0] = '/';
	connect(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&address, fill(&address, longest, sizeof address.sun_path));
	longest[sizeof address.sun_path] = '\0';
	expect_touched("connect", longest);
	connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, fill(&address, "\0abstract/name", 14));
	expect_never(below(argv[1], "abstract/name"));
	struct sockaddr_in internet = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	must(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&internet, sizeof internet) == -1);
	connect(client, (struct sockaddr *)&address, 2); /* a family and nothing else */
	return 0;
}
