/* One entry of a listing. */
#ifndef ENTRY_RECORD_H
#define ENTRY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* The path of the entry at hand, of any length, NUL-terminated. */
struct entry_path {
	char *bytes;
	size_t length;
	size_t room;
};

/* Cuts the path to its first `length` bytes and appends "/name"; with name NULL just cuts, and length 0 then means "/". False with
 * errno when there is no memory. */
bool entry_path_cut(struct entry_path *path, size_t length, const char *name);

/* Writes the record for `name` in the working directory. 0, or -1 with errno. */
int entry_record_write(const char *name, const char *path, const struct stat *status);

#endif
