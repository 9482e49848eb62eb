/* Paths that name one place in a tree whatever its links say. */
#ifndef PLAIN_PATH_H
#define PLAIN_PATH_H

#include <stdbool.h>

/* Absolute, and no component is empty, "." or "..", or longer than a name can be (NAME_MAX): a tree has no such names. "/" is none. */
bool is_plain_path(const char *path);

#endif
