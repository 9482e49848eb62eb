#include "message.h"

#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "text.h"

int fail(int code, const char *first, ...) {
	static char line[12 * 1024]; /* two paths and their explanation */
	struct text text = TEXT_IN(line);
	va_list more;
	text_append(&text, "slimtrace-agent: ");
	va_start(more, first);
	for (const char *part = first; part != NULL; part = va_arg(more, const char *)) text_append(&text, part);
	va_end(more);
	text_append(&text, "\n");
	/* One write, so that lines of several processes don't mix; if stderr is gone the exit code still tells. */
	ssize_t written = write(STDERR_FILENO, text.bytes, text.length);
	(void)written;
	return code;
}
