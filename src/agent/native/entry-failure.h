/* Messages about one entry of a tree: `slimtrace-agent: PATH: what`, the path escaped. */
#ifndef ENTRY_FAILURE_H
#define ENTRY_FAILURE_H

/* What was asked for is wrong: gives EXIT_REFUSED_INPUT. */
int entry_refused(const char *path, const char *why);

/* The kernel says no, with errno: `PATH: cannot WHAT: its words`. Gives EXIT_NO_SPACE when the disk or a quota is full,
 * EXIT_REFUSED_INPUT when the tree isn't as the request supposes (a missing parent, a link on the way, a name that exists), else
 * EXIT_IO. */
int entry_failed(const char *path, const char *what);

#endif
