#include "path-input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

enum { READ_BYTES = 64 * 1024 };

/* Makes room for another read behind the unfinished path. */
static int make_room(struct path_input *input) {
	if (input->start > 0) memmove(input->bytes, input->bytes + input->start, input->end - input->start);
	input->end -= input->start;
	input->start = 0;
	if (input->room - input->end >= READ_BYTES) return 0;
	size_t room = input->room * 2 + 2 * READ_BYTES;
	char *bytes = realloc(input->bytes, room);
	if (!bytes) return fail(EXIT_IO, "cannot read the paths: ", strerror(errno), NULL);
	input->bytes = bytes;
	input->room = room;
	return 0;
}

int path_input_next(struct path_input *input, const char **path) {
	size_t searched = input->start;
	for (;;) {
		char *end = input->bytes ? memchr(input->bytes + searched, '\0', input->end - searched) : NULL;
		if (end) {
			*path = input->bytes + input->start;
			input->start = (size_t)(end - input->bytes) + 1;
			return 0;
		}
		int code = make_room(input);
		if (code) return code;
		searched = input->end;
		ssize_t got = read(STDIN_FILENO, input->bytes + input->end, input->room - input->end);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return fail(EXIT_IO, "cannot read the paths: ", strerror(errno), NULL);
		if (got == 0 && input->end > 0) return fail(EXIT_REFUSED_INPUT, "the last path has no end", NULL);
		if (got == 0) {
			*path = NULL;
			return 0;
		}
		input->end += (size_t)got;
	}
}
