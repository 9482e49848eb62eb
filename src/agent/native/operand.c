#include "operand.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "target.h"

/* AT_EMPTY_PATH, and move_mount(2)'s flags. */
enum { EMPTY_PATH = 0x1000, MOVE_FROM_SYMLINKS = 0x1, MOVE_FROM_EMPTY = 0x4, MOVE_TO_SYMLINKS = 0x10, MOVE_TO_EMPTY = 0x40 };

/* Bits of the kernel's own O_ flags; O_DIRECTORY and O_NOFOLLOW differ between the architectures, and i386 has x86's. */
static enum access access_of_open(uint64_t flags) {
	if (flags & O_CREAT) return ACCESS_CREATE;
	if ((flags & O_ACCMODE) != O_RDONLY && (flags & O_PATH) == 0) return ACCESS_WRITE;
	return (flags & O_DIRECTORY) ? ACCESS_OPENDIR : ACCESS_READ;
}

static void read_open_flags(struct operand *operand, uint64_t flags) {
	operand->access = access_of_open(flags);
	/* O_CREAT | O_EXCL fails on a link (open(2)). */
	operand->is_followed = !(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
}

static int read_open_how(pid_t task, uint64_t address, struct operand *operand) {
	struct open_how_abi how;
	int error = target_read(task, address, &how, sizeof how);
	if (error) return error;
	read_open_flags(operand, how.flags);
	operand->is_in_root = (how.resolve & RESOLVE_IN_ROOT) != 0;
	return 0;
}

/* The flags argument's meaning for this operand; 0 or an errno value. */
static int read_flags(const struct seccomp_notification *call, const struct row *row, int which, struct operand *operand) {
	uint64_t flags = row->flags >= 0 ? call->data.args[row->flags] : 0;
	switch (row->follow) {
	case FOLLOW_FOLLOW:
	case FOLLOW_SOCKET: operand->is_followed = true; break;
	case FOLLOW_NOFOLLOW:
	case FOLLOW_NOSOCKET: break;
	case FOLLOW_AT: operand->is_followed = !(flags & AT_SYMLINK_NOFOLLOW); break;
	case FOLLOW_ATLINK: operand->is_followed = which == 0 && (flags & AT_SYMLINK_FOLLOW); break;
	case FOLLOW_OPEN: read_open_flags(operand, flags); break;
	case FOLLOW_HOW: return read_open_how((pid_t)call->pid, call->data.args[row->flags], operand);
	case FOLLOW_MOVE:
		operand->is_followed = (flags & (which == 0 ? MOVE_FROM_SYMLINKS : MOVE_TO_SYMLINKS)) != 0;
		operand->may_be_empty = (flags & (which == 0 ? MOVE_FROM_EMPTY : MOVE_TO_EMPTY)) != 0;
		break;
	}
	if (row->follow == FOLLOW_AT || (row->follow == FOLLOW_ATLINK && which == 0))
		operand->may_be_empty = (flags & EMPTY_PATH) != 0;
	if (row->access == ACCESS_UNLINK && (flags & AT_REMOVEDIR)) operand->access = ACCESS_RMDIR;
	return 0;
}

/* The path of a struct sockaddr_un, which need not end in NUL (unix(7)); false for every other address. */
static enum operand_state read_socket(const struct seccomp_notification *call, struct operand *operand, char *string,
                                      size_t *length, int *error) {
	uint64_t address = call->data.args[1], size = call->data.args[2];
	struct sockaddr_un name;
	if (call->data.arch == AUDIT_ARCH_I386 && call->data.nr == 102) {
		uint32_t arguments[3];
		*error = target_read((pid_t)call->pid, call->data.args[1], arguments, sizeof arguments);
		if (*error) return OPERAND_LOST;
		address = arguments[1];
		size = arguments[2];
		operand->access = call->data.args[0] == 2 ? ACCESS_BIND : ACCESS_CONNECT;
		operand->is_followed = operand->access == ACCESS_CONNECT;
	}
	size &= 0xffffffffu; /* an int for the kernel */
	if (size > sizeof name || size <= offsetof(struct sockaddr_un, sun_path)) return OPERAND_ABSENT;
	*error = target_read((pid_t)call->pid, address, &name, (size_t)size);
	if (*error) return OPERAND_LOST;
	size_t room = (size_t)size - offsetof(struct sockaddr_un, sun_path);
	if (name.sun_family != AF_UNIX || name.sun_path[0] == '\0') return OPERAND_ABSENT; /* the latter: abstract */
	*length = strnlen(name.sun_path, room);
	memcpy(string, name.sun_path, *length);
	string[*length] = '\0';
	return OPERAND_READ;
}

enum operand_state operand_read(const struct seccomp_notification *call, const struct row *row, int which,
                                struct operand *operand, char *string, size_t *length, int *error) {
	if (row->path[which] < 0) return OPERAND_ABSENT;
	int dir = row->dir[which];
	*operand = (struct operand){
		.access = row->access,
		.dir = dir >= 0 ? (int)(uint32_t)call->data.args[dir] : AT_FDCWD, /* an int for the kernel: the upper half is noise */
		.address = call->data.args[row->path[which]],
	};
	enum operand_state state;
	if (operand->address == 0) return OPERAND_ABSENT;
	*error = read_flags(call, row, which, operand);
	if (*error) {
		state = OPERAND_LOST;
	} else if (row->follow == FOLLOW_SOCKET || row->follow == FOLLOW_NOSOCKET) {
		state = read_socket(call, operand, string, length, error);
	} else {
		*error = target_read_string((pid_t)call->pid, operand->address, string, length);
		state = *error ? OPERAND_LOST : OPERAND_READ;
	}
	/* What the kernel will refuse with the same error names no path; a task that is gone names none any more. */
	if (state == OPERAND_LOST && (*error == EFAULT || *error == ENAMETOOLONG || *error == ESRCH)) return OPERAND_ABSENT;
	return state;
}
