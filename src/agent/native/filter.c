#include "filter.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "parties.h"
#include "table.h"

/* What happens to a run of call numbers; the arguments matter only where `checked` is set. */
struct range {
	uint32_t first; /* the run ends where the next begins */
	uint32_t action;
	const struct row *checked;
};

enum { RANGES = 2 * CALL_NUMBERS, OFFSET_NUMBER = 0, OFFSET_ARCH = 4, OFFSET_ARGS = 16 };

static pid_t protected_pids[2];
static bool watches_all;

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
	bool is_watched = watches_all && !is_unwatched(audit, number);
	if (row == NULL) {
		if (is_watched) range.action = SECCOMP_RET_USER_NOTIF;
		return range;
	}
	if (is_watched && row->kind != ROW_REFUSE) range.action = SECCOMP_RET_USER_NOTIF;
	else if (row->kind == ROW_SIGNAL || row->is_socketcall) range.checked = row;
	else range.action = row->kind == ROW_REFUSE ? SECCOMP_RET_ERRNO | ENOSYS : SECCOMP_RET_USER_NOTIF;
	return range;
}

/* The launcher's own calls on the sockets to supervisor and guard, known by a mark in arguments that the kernel doesn't look at. They
 * come when nobody answers yet. A program that sets the mark itself hides no more than those two calls. */
static void emit_own_calls(struct filter *filter) {
	emit(filter, BPF_LOAD, 0, 0, OFFSET_NUMBER);
	emit(filter, BPF_IF_EQUAL, 1, 0, SYS_sendmsg);
	emit(filter, BPF_IF_EQUAL, 0, 5, SYS_recvmsg);
	for (int i = 0; i < 2; i++) {
		emit(filter, BPF_LOAD, 0, 0, OFFSET_ARGS + 8u * (4u + (uint32_t)i));
		emit(filter, BPF_IF_EQUAL, 0, i == 0 ? 3 : 1, i == 0 ? PARTY_MARK_1 : PARTY_MARK_2);
	}
	emit(filter, BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW);
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
	if (watches_all && audit == architectures[0].audit) emit_own_calls(filter);
	emit(filter, BPF_LOAD, 0, 0, OFFSET_NUMBER);
	emit_tree(filter, ranges, count);
}

void filter_build(struct filter *filter, const struct watched *watched) {
	protected_pids[0] = watched->supervisor;
	protected_pids[1] = watched->guard;
	watches_all = watched->all_calls;
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
