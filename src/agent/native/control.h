/* What the caller of contain says on its standard input. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>

struct control {
	bool has_ended; /* there will be nothing more, and the container is to end */
	size_t length;
	char line[32];
};

/* Reads one byte. The signal's number when it completed a line `signal N`, else 0. */
int control_read(struct control *control);

#endif
