/* A directory on the way of a walk whose working directory goes along. */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include <stddef.h>
#include <sys/stat.h>

struct directory {
	struct directory *outer;
	size_t path_length; /* the caller's */
	dev_t device;
	ino_t inode;
	char **names; /* sorted by bytes */
	size_t name_count;
	size_t next;
};

/* Makes `name`, which must be the directory `status` tells of, the working directory and reads its names. NULL with errno. */
struct directory *directory_enter(const char *name, const struct stat *status);

/* The same for a directory that is open for reading; it is closed, and on failure the working directory stays. */
struct directory *directory_enter_opened(int fd);

/* The next name, or NULL after the last. */
const char *directory_next(struct directory *directory);

/* Steps up from a child. 0, or -1 with errno when the parent isn't the directory it was. */
int directory_return_to(const struct directory *directory);

void directory_free(struct directory *directory);

#endif
