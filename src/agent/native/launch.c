#include "launch.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "capabilities.h"
#include "filter.h"
#include "kernel-abi.h"
#include "message.h"
#include "program-search.h"
#include "text.h"

enum { CAPABILITY_SYS_ADMIN = 21, CAPABILITY_SYS_PTRACE = 19 };

/* CONTINUE can't be asked for: it came with Linux 5.5. */
static bool is_release_with_continue(void) {
	struct utsname name;
	if (uname(&name) < 0) return true;
	char *next;
	unsigned long major = strtoul(name.release, &next, 10);
	unsigned long minor = *next == '.' ? strtoul(next + 1, NULL, 10) : 0;
	return major > 5 || (major == 5 && minor >= 5);
}

int launch_check_kernel(void) {
	uint32_t action = SECCOMP_RET_USER_NOTIF;
	struct seccomp_sizes sizes;
	bool has_notifications = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 &&
	                         syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0;
	if (!has_notifications || !is_release_with_continue())
		return fail(EXIT_CANNOT_TRACE, "cannot trace: this kernel has no seccomp user notification (Linux 5.5 or later is needed)", NULL);
	if (!has_capability(CAPABILITY_SYS_ADMIN))
		return fail(EXIT_CANNOT_TRACE, "cannot trace: CAP_SYS_ADMIN is missing (start the container as root with --cap-add SYS_ADMIN)", NULL);
	if (!has_capability(CAPABILITY_SYS_PTRACE))
		return fail(EXIT_CANNOT_TRACE, "cannot trace: CAP_SYS_PTRACE is missing (start the container as root with --cap-add SYS_PTRACE)", NULL);
	char self[32];
	ssize_t length = readlink("/proc/self", self, sizeof self);
	uint64_t pid;
	if (length < 0 || !parse_unsigned(self, (size_t)length, INT32_MAX, &pid) || (pid_t)pid != getpid())
		return fail(EXIT_CANNOT_TRACE, "cannot trace: /proc is not that of this container's processes", NULL);
	return 0;
}

static int not_executable(const char *name, int error) {
	return fail(error == ENOENT || error == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE, "exec: \"", name, "\": ", strerror(error), NULL);
}

int launch_find_program(struct launch *launch) {
	const char *name = launch->command[0];
	if (strchr(name, '/')) {
		struct text text = TEXT_IN(launch->program);
		text_append(&text, name);
		text_string(&text);
		return text.overflowed ? not_executable(name, ENAMETOOLONG) : 0;
	}
	if (identity_borrow(&launch->identity) < 0) return fail(EXIT_NOT_EXECUTABLE, "cannot set the groups: ", strerror(errno), NULL);
	bool is_found = find_in_path(name, launch->program);
	identity_return();
	if (is_found) return 0;
	return fail(EXIT_NOT_FOUND, "exec: \"", name, "\": executable file not found in $PATH", NULL);
}

/* Without no_new_privs (CAP_SYS_ADMIN stands in for it), so that setuid programs and file capabilities keep working. */
static int install(const struct parties *parties) {
	static struct filter filter;
	const struct watched watched = {parties->supervisor, parties->guard, parties->all_calls};
	filter_build(&filter, &watched);
	struct bpf_program program = {(uint16_t)filter.length, filter.instructions};
	unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	/* Before Linux 5.19 a signal interrupts a call that waits; it is then simply seen twice. */
	if (listener < 0 && errno == EINVAL)
		listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return (int)listener;
}

static const char *install_problem(int error) {
	if (error == EBUSY) return "this process is traced already by a supervisor like ours";
	if (error == EACCES || error == EPERM) return "the container's seccomp profile or missing CAP_SYS_ADMIN forbids it";
	if (error == EINVAL || error == ENOSYS) return "this kernel has no seccomp user notification (Linux 5.5 or later is needed)";
	return strerror(error);
}

int launch_under_filter(struct parties *parties) {
	pid_t acknowledged;
	int listener = install(parties);
	if (listener < 0) return fail(EXIT_CANNOT_TRACE, "cannot trace: ", install_problem(errno), NULL);
	/* None of the calls from here to the acknowledgement is watched: nobody would answer. */
	if (party_send(parties->to_guard[0], getpid(), listener) < 0 ||
	    party_send(parties->to_supervisor[0], getpid(), listener) < 0 ||
	    party_receive(parties->to_supervisor[0], &acknowledged, NULL) < 0)
		return fail(EXIT_CANNOT_TRACE, "cannot trace: the supervisor did not start: ", strerror(errno), NULL);
	close(listener);
	close(parties->to_guard[0]);
	close(parties->to_supervisor[0]);
	return 0;
}

int launch_app(const struct launch *launch) {
	const struct identity *identity = &launch->identity;
	if (drop_from_bounding(launch->dropped_capabilities) < 0)
		return fail(EXIT_CANNOT_TRACE, "cannot trace: no right to take capabilities from the app (CAP_SETPCAP): ", strerror(errno), NULL);
	identity_own_output(identity);
	if (identity_assume(identity) < 0)
		return fail(EXIT_CANNOT_TRACE, "cannot trace: no right to take on the app's user: ", strerror(errno), NULL);
	if (drop_from_thread(launch->dropped_capabilities) < 0)
		return fail(EXIT_CANNOT_TRACE, "cannot trace: cannot take capabilities from the app: ", strerror(errno), NULL);
	if (launch->sets_home && setenv("HOME", identity->home, 1) < 0)
		return fail(EXIT_NOT_EXECUTABLE, "cannot set HOME: ", strerror(errno), NULL);
	execv(launch->program, launch->command);
	return not_executable(launch->command[0], errno);
}
