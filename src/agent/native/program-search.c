#include "program-search.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

bool is_program(const char *path) {
	struct stat found;
	return stat(path, &found) == 0 && !S_ISDIR(found.st_mode) && (found.st_mode & 0111);
}

bool find_in_path(const char *name, char program[PATH_MAX]) {
	const char *path = getenv("PATH");
	if (!path) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ":");
		struct text text = {.bytes = program, .capacity = PATH_MAX};
		text_append_bytes(&text, length ? at : ".", length ? length : 1);
		text_append(&text, "/");
		text_append(&text, name);
		if (is_program(text_string(&text)) && !text.overflowed) return true;
		at += length;
		if (*at == '\0') return false;
	}
}
