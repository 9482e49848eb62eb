#include "table.h"

#include <stddef.h>

#include "kernel-abi.h"

#define NO ARGUMENT_NONE
#define CWD ARGUMENT_CWD

#define PATHS(name, x86_64, i386, aarch64, access_, follow_, dir1, path1, dir2, path2, flags_) \
	{.kind = ROW_PATHS, .access = ACCESS_##access_, .follow = FOLLOW_##follow_, .number = {x86_64, i386, aarch64}, \
	 .dir = {dir1, dir2}, .path = {path1, path2}, .flags = flags_, \
	 .is_socketcall = sizeof #name == sizeof "socketcall" && (i386) == 102},
#define LISTS(name, x86_64, i386, aarch64, fd) \
	{.kind = ROW_LISTS, .access = ACCESS_LIST, .number = {x86_64, i386, aarch64}, .dir = {fd, NO}, .path = {NO, NO}, .flags = NO},
#define SIGNAL(name, x86_64, i386, aarch64, pid1, pid2) \
	{.kind = ROW_SIGNAL, .number = {x86_64, i386, aarch64}, .path = {pid1, pid2}, .flags = NO},
#define WATCH(name, x86_64, i386, aarch64, what) \
	{.kind = ROW_##what, .number = {x86_64, i386, aarch64}, .path = {NO, NO}, .flags = NO},
#define REFUSE(name, x86_64, i386, aarch64) \
	{.kind = ROW_REFUSE, .number = {x86_64, i386, aarch64}, .path = {NO, NO}, .flags = NO},

static const struct row rows[] = {
#include "syscalls.def"
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
_Static_assert(ROW_COUNT < 255, "the index keeps row numbers in a byte");

const struct architecture architectures[] = {
#if defined __x86_64__
	{AUDIT_ARCH_X86_64, 0, "x86_64"},
	{AUDIT_ARCH_I386, 1, "i386"},
#elif defined __aarch64__
	{AUDIT_ARCH_AARCH64, 2, "aarch64"},
#else
#error "no column of syscalls.def for this architecture"
#endif
};

enum { ARCHITECTURE_COUNT = sizeof architectures / sizeof architectures[0] };
const int architecture_count = ARCHITECTURE_COUNT;

/* In the order of enum access: the words of the trace file. */
const char *const access_words[] = {
	"read", "write", "create", "opendir", "list", "exec", "stat", "access", "readlink", "chdir", "chroot", "xattr", "statfs",
	"time", "mode", "owner", "truncate", "watch", "mkdir", "mknod", "rmdir", "unlink", "rename", "link", "symlink",
	"connect", "bind", "mount", "handle", "other",
};
_Static_assert(sizeof access_words / sizeof access_words[0] == ACCESS_OTHER + 1, "a word for each kind of access");

static uint8_t row_index[ARCHITECTURE_COUNT][CALL_NUMBERS]; /* row number + 1, 0 = not watched */

void table_prepare(void) {
	for (int a = 0; a < ARCHITECTURE_COUNT; a++)
		for (int r = 0; r < ROW_COUNT; r++) {
			int number = rows[r].number[architectures[a].column];
			if (number >= 0 && number < CALL_NUMBERS) row_index[a][number] = (uint8_t)(r + 1);
		}
}

const struct row *row_of(uint32_t audit, int number) {
	if (number < 0 || number >= CALL_NUMBERS) return NULL;
	for (int a = 0; a < ARCHITECTURE_COUNT; a++)
		if (architectures[a].audit == audit)
			return row_index[a][number] ? &rows[row_index[a][number] - 1] : NULL;
	return NULL;
}

static const int16_t unwatched[][3] = {
#define UNWATCHED(name, x86_64, i386, aarch64) {x86_64, i386, aarch64},
#include "unwatched.def"
};

bool is_unwatched(uint32_t audit, int number) {
	int column = architectures[architecture_of(audit)].column;
	for (size_t i = 0; i < sizeof unwatched / sizeof unwatched[0]; i++)
		if (unwatched[i][column] == number) return true;
	return false;
}

int architecture_of(uint32_t audit) {
	for (int a = 0; a < ARCHITECTURE_COUNT; a++)
		if (architectures[a].audit == audit) return a;
	return -1;
}

bool is_known_architecture(uint32_t audit) {
	return architecture_of(audit) >= 0;
}
