#include "entry-failure.h"

#include <errno.h>
#include <string.h>

#include "message.h"
#include "text.h"

enum { SHOWN_BYTES = 4096 };

/* In a buffer of its own; a long one is cut. */
static const char *shown(const char *path) {
	static char bytes[SHOWN_BYTES + sizeof "..."];
	struct text text = {.bytes = bytes, .capacity = SHOWN_BYTES};
	text_append_escaped(&text, path);
	text.capacity = sizeof bytes;
	if (text.overflowed) text_append(&text, "...");
	return text_string(&text);
}

static int code_of(int error) {
	switch (error) {
	case ENOSPC:
	case EDQUOT: return EXIT_NO_SPACE;
	case EEXIST:
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EXDEV:
	case ENAMETOOLONG: return EXIT_REFUSED_INPUT;
	default: return EXIT_IO;
	}
}

int entry_refused(const char *path, const char *why) {
	return fail(EXIT_REFUSED_INPUT, shown(path), ": ", why, NULL);
}

int entry_failed(const char *path, const char *what) {
	int error = errno;
	return fail(code_of(error), shown(path), ": cannot ", what, ": ", strerror(error), NULL);
}
