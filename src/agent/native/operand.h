/* What one path argument of a watched call means. */
#ifndef OPERAND_H
#define OPERAND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel-abi.h"
#include "table.h"

struct operand {
	enum access access;
	int dir;          /* a descriptor of the task, or AT_FDCWD */
	uint64_t address; /* of the string, 0 when there is none */
	bool is_followed;
	bool is_in_root;  /* openat2's RESOLVE_IN_ROOT */
	bool may_be_empty; /* AT_EMPTY_PATH: "" means the descriptor itself */
};

enum operand_state { OPERAND_ABSENT, OPERAND_READ, OPERAND_LOST };

/* Reads operand 0 or 1 of the call into `operand` and its string into `string` (PATH_MAX bytes). OPERAND_LOST: the string could
 * not be read for a reason that lies with us; *error has it. */
enum operand_state operand_read(const struct seccomp_notification *call, const struct row *row, int which,
                                struct operand *operand, char *string, size_t *length, int *error);

#endif
