#include "kill-all.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "target.h"
#include "text.h"

enum {
	CAPABILITY_KILL = 5,
	PID_LIMIT = 1 << 22, /* PID_MAX_LIMIT */
	SWEEPS = 16,         /* the kernel holds a lock against forks; we look again until nobody new is found */
};

struct sweep {
	struct target_status sender;
	pid_t task;
	int signal;
	const pid_t *spared;
	uint8_t *met; /* a bit per pid */
	unsigned found;
	int error; /* of the last process that gave one other than EPERM, as kill_something_info (kernel/signal.c) keeps it */
};

/* kill_ok_by_cred (kernel/signal.c). */
static bool may_signal(const struct target_status *sender, const struct target_status *process) {
	if (sender->effective_capabilities & (1ull << CAPABILITY_KILL)) return true;
	return sender->effective_uid == process->saved_uid || sender->effective_uid == process->real_uid ||
	       sender->real_uid == process->saved_uid || sender->real_uid == process->real_uid;
}

/* The session of a process (field 6 of /proc/PID/stat; the name before it may contain anything), or -1. */
static long session_of(pid_t process) {
	char path[64], text[1024];
	target_proc_path(process, "stat", path);
	int fd = openat(target_proc(), path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return -1;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	if (length <= 0) return -1;
	text[length] = '\0';
	char *at = strrchr(text, ')');
	for (int field = 0; at && field < 4; field++) at = strchr(at + 1, ' ');
	return at ? strtol(at, NULL, 10) : -1;
}

static bool is_continue_in_session(const struct sweep *sweep, pid_t process) {
	return sweep->signal == SIGCONT && session_of(process) == session_of(sweep->sender.process);
}

static void meet(struct sweep *sweep, pid_t process) {
	struct target_status status;
	if (process <= 1 || process >= PID_LIMIT || (sweep->met[process / 8] >> (process % 8) & 1)) return;
	sweep->met[process / 8] |= (uint8_t)(1u << (process % 8));
	if (process == sweep->spared[0] || process == sweep->spared[1] || process == sweep->sender.process) return;
	if (target_read_status(process, &status) != 0) return; /* ended meanwhile */
	sweep->found++;
	if (!may_signal(&sweep->sender, &status) && !is_continue_in_session(sweep, process)) return;
	/* The receiver sees the supervisor as the sender: the kernel lets nobody claim to be another (rt_sigqueueinfo(2)). */
	if (kill(process, sweep->signal) < 0 && errno != EPERM) sweep->error = errno == ESRCH ? 0 : errno;
}

static bool sweep_once(struct sweep *sweep) {
	unsigned before = sweep->found;
	int fd = openat(target_proc(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *processes = fd < 0 ? NULL : fdopendir(fd);
	if (!processes) {
		if (fd >= 0) close(fd);
		return false;
	}
	for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
		uint64_t process;
		if (parse_unsigned(entry->d_name, strlen(entry->d_name), PID_LIMIT - 1, &process)) meet(sweep, (pid_t)process);
	}
	closedir(processes);
	return sweep->found > before;
}

int kill_all(pid_t task, int signal, const pid_t spared[2]) {
	struct sweep sweep = {.task = task, .signal = signal, .spared = spared};
	if (signal < 0 || signal >= _NSIG) return EINVAL;
	if (target_read_status(task, &sweep.sender) != 0) return ESRCH;
	sweep.met = mmap(NULL, PID_LIMIT / 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (sweep.met == MAP_FAILED) return ENOMEM;
	for (int i = 0; i < SWEEPS && sweep_once(&sweep); i++) {
	}
	munmap(sweep.met, PID_LIMIT / 8);
	return sweep.found ? sweep.error : ESRCH;
}
