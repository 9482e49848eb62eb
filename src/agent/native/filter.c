#include "filter.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "table.h"

/* What happens to a run of call numbers; the arguments matter only where `checked` is set. */
struct range {
	uint32_t first; /* the run ends where the next begins */
	uint32_t action;
	const struct row *checked;
};

enum { RANGES = 2 * CALL_NUMBERS, OFFSET_NUMBER = 0, OFFSET_ARCH = 4, OFFSET_ARGS = 16 };

static pid_t protected_pids[2];

static uint32_t emit(struct filter *filter, uint32_t code, uint8_t jump_true, uint8_t jump_false, uint32_t k) {
	/* The tables are fixed at build time and need a quarter of the room; a test builds the filter. */
	if (filter->length == FILTER_CAPACITY) __builtin_trap();
	filter->instructions[filter->length] = (struct bpf_instruction){(uint16_t)code, jump_true, jump_false, k};
	return filter->length++;
}

/* Leaves with `action` if the low half of the argument equals one of the values, otherwise falls through. A pid_t is 32 bits:
 * the kernel ignores the upper half (SYSCALL_DEFINE2(kill, pid_t, ...)), so comparing it would be a hole. */
static void emit_if_argument_is(struct filter *filter, int argument, const int32_t *values, int count, uint32_t action) {
	emit(filter, BPF_LOAD, 0, 0, OFFSET_ARGS + 8u * (uint32_t)argument); /* both machines are little-endian */
	for (int i = 0; i < count; i++) {
		emit(filter, BPF_IF_EQUAL, 0, 1, (uint32_t)values[i]);
		emit(filter, BPF_RETURN, 0, 0, action);
	}
}

static void emit_checked(struct filter *filter, const struct row *row) {
	static const int32_t bind_and_connect[] = {2, 3}; /* SYS_BIND, SYS_CONNECT of net(2) */
	if (row->is_socketcall) {
		emit_if_argument_is(filter, 0, bind_and_connect, 2, SECCOMP_RET_USER_NOTIF);
	} else {
		const int32_t values[] = {protected_pids[0], protected_pids[1], -protected_pids[0], -protected_pids[1], -1};
		for (int i = 0; i < 2; i++)
			if (row->path[i] >= 0) emit_if_argument_is(filter, row->path[i], values, 5, SECCOMP_RET_USER_NOTIF);
	}
	emit(filter, BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW);
}

/* A balanced tree: every call is decided in about seven comparisons. Only the number is loaded on the way to an unconditional
 * answer, which lets the kernel precompute those (its action bitmap, Linux 5.11: seccomp_is_const_allow). */
static void emit_tree(struct filter *filter, const struct range *ranges, uint32_t count) {
	if (count == 1) {
		if (ranges->checked) emit_checked(filter, ranges->checked);
		else emit(filter, BPF_RETURN, 0, 0, ranges->action);
		return;
	}
	uint32_t half = count / 2;
	/* Conditional jumps reach 255 instructions, unconditional ones any distance. */
	emit(filter, BPF_IF_AT_LEAST, 0, 1, ranges[half].first);
	uint32_t jump = emit(filter, BPF_JUMP, 0, 0, 0);
	emit_tree(filter, ranges, half);
	filter->instructions[jump].k = filter->length - jump - 1;
	emit_tree(filter, ranges + half, count - half);
}

static struct range range_of(uint32_t audit, int number) {
	const struct row *row = row_of(audit, number);
	struct range range = {.first = (uint32_t)number, .action = SECCOMP_RET_ALLOW, .checked = NULL};
	if (row == NULL) return range;
	if (row->kind == ROW_SIGNAL || row->is_socketcall) range.checked = row;
	else range.action = row->kind == ROW_REFUSE ? SECCOMP_RET_ERRNO | ENOSYS : SECCOMP_RET_USER_NOTIF;
	return range;
}

static void emit_architecture(struct filter *filter, uint32_t audit) {
	static struct range ranges[RANGES];
	uint32_t count = 0;
	for (int number = 0; number < CALL_NUMBERS; number++) {
		struct range range = range_of(audit, number);
		bool same = count > 0 && !range.checked && !ranges[count - 1].checked && ranges[count - 1].action == range.action;
		if (!same) ranges[count++] = range;
	}
	/* x32 calls carry this bit and would need a table of their own; hardly a kernel has them enabled. */
	if (audit == AUDIT_ARCH_X86_64)
		ranges[count++] = (struct range){.first = 0x40000000u, .action = SECCOMP_RET_ERRNO | ENOSYS, .checked = NULL};
	emit(filter, BPF_LOAD, 0, 0, OFFSET_NUMBER);
	emit_tree(filter, ranges, count);
}

void filter_build(struct filter *filter, pid_t supervisor, pid_t guard) {
	protected_pids[0] = supervisor;
	protected_pids[1] = guard;
	filter->length = 0;
	for (int a = 0; a < architecture_count; a++) {
		emit(filter, BPF_LOAD, 0, 0, OFFSET_ARCH);
		emit(filter, BPF_IF_EQUAL, 1, 0, architectures[a].audit);
		uint32_t skip = emit(filter, BPF_JUMP, 0, 0, 0);
		emit_architecture(filter, architectures[a].audit);
		filter->instructions[skip].k = filter->length - skip - 1;
	}
	/* Calls of an unknown architecture can't be decoded; the supervisor records that the trace is incomplete. */
	emit(filter, BPF_RETURN, 0, 0, SECCOMP_RET_USER_NOTIF);
}
