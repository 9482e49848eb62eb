#include "message.h"

#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "text.h"

static struct text *kept;

void message_keep_in(struct text *text) {
	kept = text;
}

static void append_all(struct text *text, const char *first, va_list more) {
	for (const char *part = first; part != NULL; part = va_arg(more, const char *)) text_append(text, part);
}

int fail(int code, const char *first, ...) {
	static char line[12 * 1024]; /* two paths and their explanation */
	struct text text = TEXT_IN(line);
	va_list more;
	va_start(more, first);
	if (!kept) text_append(&text, "slimtrace-agent: ");
	append_all(kept ? kept : &text, first, more);
	va_end(more);
	if (kept) return code;
	text_append(&text, "\n");
	/* One write, so that lines of several processes don't mix; if stderr is gone the exit code still tells. */
	ssize_t written = write(STDERR_FILENO, text.bytes, text.length);
	(void)written;
	return code;
}
