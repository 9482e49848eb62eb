/* The stream a plan comes in on: NUL-terminated fields and counted bytes, in bounded memory. */
#ifndef PLAN_INPUT_H
#define PLAN_INPUT_H

#include <stddef.h>

enum {
	PLAN_FIELD_MAX = 64 * 1024, /* a field with its NUL, or counted bytes: XATTR_SIZE_MAX, and far beyond PATH_MAX */
	PLAN_INPUT_BYTES = 4 * PLAN_FIELD_MAX,
};

struct plan_input {
	char bytes[PLAN_INPUT_BYTES];
	size_t start, end;
};

/* The next field of standard input, or `length` bytes of it, valid until the next call. 0, or an exit code after a message: a plan
 * that ends early or has a longer field is refused. */
int plan_input_field(struct plan_input *input, const char **field);
int plan_input_counted(struct plan_input *input, size_t length, const char **bytes);

/* 0 when nothing follows, or an exit code after a message. */
int plan_input_finish(struct plan_input *input);

#endif
