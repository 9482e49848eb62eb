/* NUL-terminated paths on standard input. */
#ifndef PATH_INPUT_H
#define PATH_INPUT_H

#include <stddef.h>

struct path_input {
	char *bytes;
	size_t start, end, room;
};

/* The next path, valid until the next call, or NULL after the last. 0, or an exit code after a message. */
int path_input_next(struct path_input *input, const char **path);

#endif
