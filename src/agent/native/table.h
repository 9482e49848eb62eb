/* The decoder's view of syscalls.def. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum access {
	ACCESS_READ, ACCESS_WRITE, ACCESS_CREATE, ACCESS_OPENDIR, ACCESS_LIST, ACCESS_EXEC, ACCESS_STAT, ACCESS_ACCESS,
	ACCESS_READLINK, ACCESS_CHDIR, ACCESS_CHROOT, ACCESS_XATTR, ACCESS_STATFS, ACCESS_TIME, ACCESS_MODE,
	ACCESS_OWNER, ACCESS_TRUNCATE, ACCESS_WATCH, ACCESS_MKDIR, ACCESS_MKNOD, ACCESS_RMDIR, ACCESS_UNLINK,
	ACCESS_RENAME, ACCESS_LINK, ACCESS_SYMLINK, ACCESS_CONNECT, ACCESS_BIND, ACCESS_MOUNT, ACCESS_HANDLE,
	ACCESS_OTHER,
};

/* How a row's last path component is looked up; the words are explained in syscalls.def. */
enum follow {
	FOLLOW_FOLLOW, FOLLOW_NOFOLLOW, FOLLOW_AT, FOLLOW_ATLINK, FOLLOW_OPEN, FOLLOW_HOW, FOLLOW_SOCKET,
	FOLLOW_NOSOCKET, FOLLOW_MOVE,
};

enum row_kind { ROW_NONE, ROW_PATHS, ROW_LISTS, ROW_SIGNAL, ROW_PIDFD, ROW_VIEW, ROW_EXIT, ROW_REFUSE };

#define ARGUMENT_NONE (-1)
#define ARGUMENT_CWD (-2)

struct row {
	enum row_kind kind;
	enum access access;
	enum follow follow;
	int16_t number[3]; /* x86_64, i386, aarch64; -1 where the architecture lacks the call */
	int8_t dir[2]; /* for ROW_LISTS: the first is the descriptor */
	int8_t path[2]; /* for ROW_SIGNAL: the arguments that name a process */
	int8_t flags;
	bool is_socketcall;
};

enum { CALL_NUMBERS = 512, ARCHITECTURES_MOST = 2 };

/* An architecture this kernel may run programs of: its seccomp name and the column of syscalls.def. */
struct architecture {
	uint32_t audit;
	int column;
	const char *name; /* for the trace file */
};

extern const struct architecture architectures[];
extern const int architecture_count;
extern const char *const access_words[];

/* Builds the index; once, before row_of. */
void table_prepare(void);

/* The row for a call, or NULL when the call isn't watched. `audit` must be one of `architectures`. */
const struct row *row_of(uint32_t audit, int number);

/* Whether even a full trace lets this call pass (unwatched.def). `audit` must be one of `architectures`. */
bool is_unwatched(uint32_t audit, int number);

/* The place in `architectures`, or -1. */
int architecture_of(uint32_t audit);

bool is_known_architecture(uint32_t audit);

#endif
