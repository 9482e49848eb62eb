/*
 * How a test program says what the trace must hold, one line each on standard output, written at once so that a sudden end loses
 * nothing: "T\t<access>\t<path>" a touched path, "R\t<access>\t<canonical>\t<as named>" where it led, "N\t<path>" a path that must
 * be in no record. Bytes other than printable ASCII, and the backslash, are written \xHH. Every path is given in full.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void expect_fields(const char *first, ...) {
	static __thread char line[40000];
	size_t length = 0;
	va_list more;
	va_start(more, first);
	for (const char *field = first; field; field = va_arg(more, const char *)) {
		if (field != first) line[length++] = '\t';
		for (; *field; field++) {
			if (*field > 0x20 && *field < 0x7f && *field != '\\') line[length++] = *field;
			else length += (size_t)sprintf(line + length, "\\x%02x", (unsigned char)*field);
		}
	}
	va_end(more);
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, length) != (ssize_t)length) abort();
}

#define expect_touched(access, path) expect_fields("T", access, path, (char *)NULL)
#define expect_resolved(access, canonical, named) expect_fields("R", access, canonical, named, (char *)NULL)
#define expect_never(path) expect_fields("N", path, (char *)NULL)

/* The program's own scratch directory is its first argument. */
static inline const char *below(const char *directory, const char *name) {
	static __thread char paths[8][8192];
	static __thread int next;
	char *path = paths[next++ % 8];
	sprintf(path, "%s/%s", directory, name);
	return path;
}

/* For what has to work before anything can be shown. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			perror(#condition); \
			exit(99); \
		} \
	} while (0)

#endif
