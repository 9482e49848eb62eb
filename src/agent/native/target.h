/* What the supervisor reads from a traced process: its memory, and its directories through /proc. */
#ifndef TARGET_H
#define TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Opens this process's /proc once, so that what the app mounts over it later changes nothing; 0, or -1 with errno. */
int target_open_proc(void);

/* The descriptor of /proc. */
int target_proc(void);

/* Reads exactly `length` bytes; 0 or an errno value. */
int target_read(pid_t task, uint64_t address, void *buffer, size_t length);

/* Reads the string at `address` into `buffer` (PATH_MAX bytes) and gives its length; 0 or an errno value, ENAMETOOLONG where
 * the kernel finds that too. */
int target_read_string(pid_t task, uint64_t address, char *buffer, size_t *length);

/* Puts `TASK/name` into `buffer` (64 bytes): a path below target_proc(). */
void target_proc_path(pid_t task, const char *name, char *buffer);
void target_fd_path(pid_t task, int fd, char *buffer);

/* Where the link below target_proc() leads, NUL-terminated and without the kernel's " (deleted)"; its length, or -1 with errno.
 * `buffer` has PATH_MAX bytes. */
ssize_t target_read_link(const char *link, char *buffer);

/* What the supervisor needs of /proc/TASK/status. */
struct target_status {
	pid_t process;
	uid_t real_uid, effective_uid, saved_uid;
	uint64_t effective_capabilities;
	unsigned threads;
};

/* 0 or an errno value. */
int target_read_status(pid_t task, struct target_status *status);

#endif
