#include "plain-path.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

bool is_plain_path(const char *path) {
	if (path[0] != '/') return false;
	for (const char *at = path; *at == '/';) {
		const char *name = ++at;
		at += strcspn(at, "/");
		size_t length = (size_t)(at - name);
		if (length == 0 || length > NAME_MAX || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) return false;
	}
	return true;
}
