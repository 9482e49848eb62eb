#include "protect.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "kill-all.h"
#include "target.h"

static pid_t protected[2];

void protect_processes(pid_t supervisor, pid_t guard) {
	protected[0] = supervisor;
	protected[1] = guard;
}

/* In a nested pid namespace the same number means another process, and ours can't be named at all. */
static bool is_in_our_namespace(pid_t task) {
	char link[64], theirs[PATH_MAX], ours[PATH_MAX];
	target_proc_path(task, "ns/pid", link);
	if (target_read_link(link, theirs) < 0) return false; /* gone: its call will not be answered anyway */
	return target_read_link("self/ns/pid", ours) < 0 || strcmp(theirs, ours) == 0;
}

static bool is_protected(int32_t pid) {
	for (int i = 0; i < 2; i++)
		if (pid == protected[i] || pid == -protected[i]) return true;
	return false;
}

/* A descriptor of /proc/PID works as a pidfd. Those from pidfd_open can't be ours: that call is watched. */
static bool is_descriptor_of_protected(pid_t task, int fd) {
	char link[64], path[PATH_MAX];
	target_fd_path(task, fd, link);
	if (target_read_link(link, path) < 0) return false;
	for (int i = 0; i < 2; i++) {
		char own[64];
		target_proc_path(protected[i], "", own); /* "PID/" */
		const char *after = strncmp(path, "/proc/", 6) == 0 ? path + 6 : "";
		size_t length = strlen(own) - 1;
		if (strncmp(after, own, length) == 0 && (after[length] == '\0' || after[length] == '/')) return true;
	}
	return false;
}

static struct verdict answer(int error) {
	return (struct verdict){VERDICT_ANSWER, error};
}

struct verdict protect_judge(const struct seccomp_notification *call, const struct row *row) {
	const struct verdict go_on = {VERDICT_CONTINUE, 0};
	pid_t task = (pid_t)call->pid;
	if (row->kind == ROW_PIDFD)
		return is_descriptor_of_protected(task, (int)(uint32_t)call->data.args[0]) ? answer(ESRCH) : go_on;
	if (!is_in_our_namespace(task)) return go_on;
	bool has_thread = row->path[1] >= 0;
	for (int i = 0; i < 2; i++)
		if (row->path[i] >= 0 && is_protected((int32_t)(uint32_t)call->data.args[row->path[i]])) return answer(ESRCH);
	/* Only kill(2) knows -1 for everybody; the others refuse it themselves. */
	bool is_kill = !has_thread && row->number[0] == 62;
	if (is_kill && (int32_t)(uint32_t)call->data.args[0] == -1)
		return answer(kill_all(task, (int)(uint32_t)call->data.args[1], protected));
	return go_on;
}
