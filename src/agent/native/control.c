#include "control.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static int signal_of(const char *line, size_t length) {
	static const char word[] = "signal ";
	const size_t word_length = sizeof word - 1;
	uint64_t number;
	if (length <= word_length || memcmp(line, word, word_length) != 0) return 0;
	return parse_unsigned(line + word_length, length - word_length, _NSIG - 1, &number) ? (int)number : 0;
}

/* Byte by byte: there are few, and nothing is left over between two calls of poll. */
int control_read(struct control *control) {
	char byte;
	ssize_t got = read(STDIN_FILENO, &byte, 1);
	if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
	if (got <= 0) {
		control->has_ended = true;
		return 0;
	}
	if (byte != '\n') {
		if (control->length < sizeof control->line) control->line[control->length++] = byte;
		return 0;
	}
	size_t length = control->length;
	control->length = 0;
	return signal_of(control->line, length);
}
