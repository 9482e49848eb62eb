/*
 * The parts of the kernel's interface that musl has no names for. Written out rather than taken from the build machine's
 * kernel headers: the binary must not depend on which version of those is installed.
 */
#ifndef KERNEL_ABI_H
#define KERNEL_ABI_H

#include <stdint.h>

/* include/uapi/linux/audit.h: how seccomp names an architecture. */
#define AUDIT_ARCH_X86_64 0xC000003Eu
#define AUDIT_ARCH_I386 0x40000003u
#define AUDIT_ARCH_AARCH64 0xC00000B7u

/* include/uapi/linux/seccomp.h */
#define SECCOMP_SET_MODE_FILTER 1
#define SECCOMP_GET_ACTION_AVAIL 2
#define SECCOMP_GET_NOTIF_SIZES 3
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1u << 3)
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1u << 5)
#define SECCOMP_RET_ALLOW 0x7fff0000u
#define SECCOMP_RET_USER_NOTIF 0x7fc00000u
#define SECCOMP_RET_ERRNO 0x00050000u
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1u
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1u

struct seccomp_call {
	int32_t nr;
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t args[6];
};

struct seccomp_notification {
	uint64_t id;
	uint32_t pid;
	uint32_t flags;
	struct seccomp_call data;
};

struct seccomp_answer {
	uint64_t id;
	int64_t val;
	int32_t error;
	uint32_t flags;
};

struct seccomp_sizes {
	uint16_t notification;
	uint16_t answer;
	uint16_t data;
};

#define SECCOMP_IOCTL_NOTIF_RECV 0xc0502100ul
#define SECCOMP_IOCTL_NOTIF_SEND 0xc0182101ul
#define SECCOMP_IOCTL_NOTIF_ID_VALID 0x40082102ul
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS 0x40082104ul

/* include/uapi/linux/filter.h and bpf_common.h: classic BPF, as much as the filter needs. */
struct bpf_instruction {
	uint16_t code;
	uint8_t jump_true;
	uint8_t jump_false;
	uint32_t k;
};

struct bpf_program {
	uint16_t length;
	struct bpf_instruction *instructions;
};

#define BPF_LOAD 0x20u    /* BPF_LD | BPF_W | BPF_ABS */
#define BPF_JUMP 0x05u    /* BPF_JMP | BPF_JA */
#define BPF_IF_EQUAL 0x15u /* BPF_JMP | BPF_JEQ | BPF_K */
#define BPF_IF_AT_LEAST 0x35u /* BPF_JMP | BPF_JGE | BPF_K */
#define BPF_RETURN 0x06u  /* BPF_RET | BPF_K */

/* include/uapi/linux/capability.h, version 3. */
#define CAPABILITY_VERSION_3 0x20080522u
struct capability_header {
	uint32_t version;
	int pid;
};
struct capability_data {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

/* include/uapi/linux/openat2.h */
struct open_how_abi {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};
#define RESOLVE_NO_XDEV 0x01ull
#define RESOLVE_NO_MAGICLINKS 0x02ull
#define RESOLVE_NO_SYMLINKS 0x04ull
#define RESOLVE_BENEATH 0x08ull
#define RESOLVE_IN_ROOT 0x10ull

/* System calls younger than musl 1.2.3 or without a wrapper; the number is the same on every architecture. */
#define NR_OPEN_TREE 428
#define NR_CLOSE_RANGE 436
#define NR_OPENAT2 437
#define OPEN_TREE_CLONE 1u

#endif
