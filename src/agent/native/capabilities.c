#include "capabilities.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"

/* In the order of their numbers. */
static const char *const names[] = {
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
	"NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME",
	"SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
	"WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

static int capability_number(const char *name, size_t length) {
	if (length > 4 && strncasecmp(name, "CAP_", 4) == 0) {
		name += 4;
		length -= 4;
	}
	for (int i = 0; i < NAME_COUNT; i++)
		if (strlen(names[i]) == length && strncasecmp(names[i], name, length) == 0) return i;
	return -1;
}

const char *parse_capabilities(const char *list, uint64_t *set) {
	*set = 0;
	for (const char *at = list; *at != '\0';) {
		size_t length = strcspn(at, ",");
		int number = capability_number(at, length);
		if (number < 0) return at;
		*set |= 1ull << number;
		at += length;
		if (*at == ',') at++;
	}
	return NULL;
}

static int capabilities_get(struct capability_data data[2]) {
	struct capability_header header = {CAPABILITY_VERSION_3, 0};
	return (int)syscall(SYS_capget, &header, data);
}

bool has_capability(unsigned capability) {
	struct capability_data data[2];
	return capabilities_get(data) == 0 && (data[capability / 32].effective >> (capability % 32) & 1);
}

int drop_from_bounding(uint64_t set) {
	for (unsigned capability = 0; capability < 64; capability++) {
		if (!(set >> capability & 1)) continue;
		/* Not in the set, or (EINVAL) not known to this kernel: nothing to take. */
		if (prctl(PR_CAPBSET_READ, (unsigned long)capability, 0, 0, 0) != 1) continue;
		if (prctl(PR_CAPBSET_DROP, (unsigned long)capability, 0, 0, 0) < 0) return -1;
	}
	return 0;
}

int drop_from_thread(uint64_t set) {
	struct capability_header header = {CAPABILITY_VERSION_3, 0};
	struct capability_data data[2];
	if (capabilities_get(data) < 0) return -1;
	for (int half = 0; half < 2; half++) {
		uint32_t kept = ~(uint32_t)(set >> (32 * half));
		data[half].effective &= kept;
		data[half].permitted &= kept;
		data[half].inheritable &= kept; /* the kernel takes from the ambient set what is inheritable no more */
	}
	return (int)syscall(SYS_capset, &header, data);
}
