/* listening: prints the TCP ports that somebody listens on in this network namespace, ascending, one a line (proc(5), /proc/net/tcp). */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "message.h"
#include "output.h"
#include "text.h"

enum {
	PORTS = 65536,
	STATE_LISTEN = 0x0a,         /* TCP_LISTEN, include/net/tcp_states.h */
	ENGINE_DNS = 0x0b00007f,     /* 127.0.0.11 as the kernel prints it: Docker's resolver in networks that users made */
	LINES_MAX = 4 * 1024 * 1024, /* more connections than a machine has; what is printed then is what was found */
};

static bool is_listening[PORTS];

/* Takes `digits` hexadecimal digits off `*at`; false when they aren't there. */
static bool take_hex(const char **at, int digits, uint32_t *value) {
	*value = 0;
	for (int i = 0; i < digits; i++) {
		char digit = *(*at)++;
		if (digit >= '0' && digit <= '9') *value = *value << 4 | (uint32_t)(digit - '0');
		else if (digit >= 'A' && digit <= 'F') *value = *value << 4 | (uint32_t)(digit - 'A' + 10);
		else return false;
	}
	return true;
}

/* `  SL: ADDRESS:PORT ADDRESS:PORT STATE ...`, an address in one word of 32 bits or in four; other lines are headings. */
static void note_line(const char *line) {
	uint32_t last_word, port, state;
	const char *local = strstr(line, ": ");
	if (!local) return;
	local += 2;
	const char *address_end = strchr(local, ':');
	const char *remote = address_end ? strchr(address_end, ' ') : NULL;
	const char *remote_end = remote ? strchr(remote + 1, ' ') : NULL;
	if (!remote_end || address_end - local < 8) return;
	const char *word = address_end - 8, *port_at = address_end + 1, *state_at = remote_end + 1;
	if (!take_hex(&word, 8, &last_word) || !take_hex(&port_at, 4, &port) || !take_hex(&state_at, 2, &state)) return;
	if (state == STATE_LISTEN && last_word != ENGINE_DNS) is_listening[port] = true;
}

static int cannot_read(const char *file) {
	return fail(EXIT_IO, "cannot read ", file, ": ", strerror(errno), NULL);
}

/* Without IPv6 in the kernel there is no such file. */
static int note_file(const char *file, bool may_be_missing) {
	static char bytes[64 * 1024];
	size_t length = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return errno == ENOENT && may_be_missing ? 0 : cannot_read(file);
	for (int lines = 0; lines < LINES_MAX;) {
		ssize_t got = read(fd, bytes + length, sizeof bytes - 1 - length);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return cannot_read(file);
		if (got == 0) break;
		length += (size_t)got;
		bytes[length] = '\0';
		char *line = bytes;
		for (char *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
			*end = '\0';
			note_line(line);
		}
		length = (size_t)(bytes + length - line);
		if (length == sizeof bytes - 1) break; /* no line of the kernel's is as long */
		memmove(bytes, line, length);
	}
	close(fd);
	return 0;
}

int command_listening(int argument_count, char **arguments) {
	(void)arguments;
	if (argument_count > 0) return usage("listening takes no arguments");
	int code = note_file("/proc/net/tcp", false);
	if (code == 0) code = note_file("/proc/net/tcp6", true);
	if (code) return code;
	for (uint32_t port = 0; port < PORTS; port++) {
		char digits[8];
		struct text line = TEXT_IN(digits);
		if (!is_listening[port]) continue;
		text_append_unsigned(&line, port, 10, 1);
		text_append(&line, "\n");
		output_bytes(line.bytes, line.length);
	}
	return output_finish();
}
