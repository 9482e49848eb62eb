#include "confine.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"

enum {
	NO = -1,
	CAPACITY = 512,
	OFFSET_NUMBER = 0,
	OFFSET_ARCH = 4,
	OFFSET_FIRST_ARGUMENT = 16, /* its lower half: both machines are little-endian */
	X32_BIT = 0x40000000,
	/* AF_VSOCK: a way to the machine's hypervisor that no network namespace closes. i386's socketcall(2) keeps its arguments in memory,
	 * out of a filter's sight, and can't be refused without taking the network from old programs: there it stays, as in Docker. */
	FAMILY_VSOCK = 40,
};

#define BPF_IF_ANY_BIT 0x45u /* BPF_JMP | BPF_JSET | BPF_K */

struct refused {
	int16_t number[3];
	bool is_admins;
};

static const struct refused refused[] = {
#define REFUSED(name, x86_64, i386, aarch64) {{x86_64, i386, aarch64}, false},
#define ADMIN(name, x86_64, i386, aarch64) {{x86_64, i386, aarch64}, true},
#include "confine.def"
};

/* An architecture this kernel may run programs of, and the calls whose arguments matter. */
struct machine {
	uint32_t audit;
	int column;
	uint32_t clone, clone3, unshare, socket;
};

static const struct machine machines[] = {
#ifdef __x86_64__
	{AUDIT_ARCH_X86_64, 0, 56, 435, 272, 41},
	{AUDIT_ARCH_I386, 1, 120, 435, 310, 359},
#else
	{AUDIT_ARCH_AARCH64, 2, 220, 435, 97, 198},
#endif
};

struct program {
	struct bpf_instruction instructions[CAPACITY];
	uint16_t length;
};

static void emit(struct program *program, uint32_t code, uint8_t jump_true, uint8_t jump_false, uint32_t k) {
	if (program->length == CAPACITY) __builtin_trap(); /* the list is fixed at build time and needs half of it */
	program->instructions[program->length++] = (struct bpf_instruction){(uint16_t)code, jump_true, jump_false, k};
}

static void emit_refusal(struct program *program, uint32_t number, int error) {
	emit(program, BPF_IF_EQUAL, 0, 1, number);
	emit(program, BPF_RETURN, 0, 0, SECCOMP_RET_ERRNO | (uint32_t)error);
}

/* Refuses a call by its first argument: if that has the bit or, with BPF_IF_EQUAL, is the value. */
static void emit_judged(struct program *program, uint32_t number, uint32_t comparison, uint32_t value) {
	emit(program, BPF_IF_EQUAL, 0, 4, number);
	emit(program, BPF_LOAD, 0, 0, OFFSET_FIRST_ARGUMENT);
	emit(program, comparison, 0, 1, value);
	emit(program, BPF_RETURN, 0, 0, SECCOMP_RET_ERRNO | EPERM);
	emit(program, BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW);
}

/* Calls that are allowed whatever their arguments cost nothing: the kernel works them out in advance (seccomp_is_const_allow). */
static void emit_machine(struct program *program, const struct machine *machine, bool is_admin) {
	emit(program, BPF_LOAD, 0, 0, OFFSET_NUMBER);
	if (machine->audit == AUDIT_ARCH_X86_64) {
		emit(program, BPF_IF_AT_LEAST, 0, 1, X32_BIT); /* calls with numbers of their own */
		emit(program, BPF_RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		int number = refused[i].number[machine->column];
		if (number != NO && !(is_admin && refused[i].is_admins)) emit_refusal(program, (uint32_t)number, EPERM);
	}
	/* Its flags are in memory, out of sight; libraries fall back on clone. */
	emit_refusal(program, machine->clone3, ENOSYS);
	emit_judged(program, machine->clone, BPF_IF_ANY_BIT, CLONE_NEWUSER);
	emit_judged(program, machine->unshare, BPF_IF_ANY_BIT, CLONE_NEWUSER);
	emit_judged(program, machine->socket, BPF_IF_EQUAL, FAMILY_VSOCK);
	emit(program, BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW);
}

int confine(bool is_admin) {
	static struct program program;
	program.length = 0;
	for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
		emit(&program, BPF_LOAD, 0, 0, OFFSET_ARCH);
		emit(&program, BPF_IF_EQUAL, 1, 0, machines[i].audit);
		uint16_t jump = program.length;
		emit(&program, BPF_JUMP, 0, 0, 0);
		emit_machine(&program, &machines[i], is_admin);
		program.instructions[jump].k = (uint32_t)(program.length - jump - 1);
	}
	/* Programs for another architecture (32-bit ones on arm64) would bypass the list. */
	emit(&program, BPF_RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
	struct bpf_program loaded = {program.length, program.instructions};
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded);
}
