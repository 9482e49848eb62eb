/* Which file a command's name means. */
#ifndef PROGRAM_SEARCH_H
#define PROGRAM_SEARCH_H

#include <limits.h>
#include <stdbool.h>

/* A program by the rule of Go's exec.LookPath, which the engines use: no directory, and executable by somebody. */
bool is_program(const char *path);

/* Looks a name without a slash up in $PATH (the engines' own where there is none) and writes the path of the program. */
bool find_in_path(const char *name, char program[PATH_MAX]);

#endif
