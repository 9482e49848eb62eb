#include "programs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "seen.h"
#include "target.h"
#include "trace-file.h"

/* A task id used again after its task ended can't mislead for long: every execve of any task forgets them all. */
enum { REMEMBERED = 4096, DISTRUST_NS = 200 * 1000 * 1000 };

static struct {
	pid_t task;
	uint32_t generation;
	uint32_t program;
} remembered[REMEMBERED];

static uint32_t generation = 1;
static uint32_t program_count;
static int64_t distrust_until; /* nanoseconds of CLOCK_MONOTONIC */

static int64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* The number of a program's path. Its key in the set of seen things starts with a byte no kind of access has. */
static uint32_t number_of(const char *path, size_t length) {
	static char key[1 + PATH_MAX];
	key[0] = '\x7f';
	memcpy(key + 1, path, length);
	bool is_new;
	struct seen *seen = seen_find_or_add(key, length + 1, &is_new);
	if (!is_new) return seen->epoch;
	program_count++;
	if (seen) seen->epoch = program_count;
	trace_file_program(program_count, path);
	return program_count;
}

uint32_t program_of(pid_t task) {
	size_t at = (size_t)task % REMEMBERED;
	if (remembered[at].task == task && remembered[at].generation == generation) return remembered[at].program;
	char link[64];
	static char path[PATH_MAX];
	target_proc_path(task, "exe", link);
	ssize_t length = target_read_link(link, path);
	if (length < 0 && errno != ENOENT) return 0;
	/* ENOENT: the task is a zombie or has no program file left; it still may have named paths. */
	if (length < 0) length = (ssize_t)strlen(strcpy(path, "?"));
	uint32_t program = number_of(path, (size_t)length);
	if (distrust_until == 0 || now() > distrust_until) {
		distrust_until = 0;
		remembered[at].task = task;
		remembered[at].generation = generation;
		remembered[at].program = program;
	}
	return program;
}

void programs_forget(pid_t task) {
	generation++;
	/* When a thread executes a program, it takes over the leader's id (execve(2), "Effect on threads"), and until then the
	 * others go on: what they are seen to run may be out of date a moment later. */
	char directory[64];
	struct stat tasks;
	target_proc_path(task, "task", directory);
	/* Its links count the threads (proc_task_getattr, fs/proc/base.c), beside the two every directory has. */
	if (fstatat(target_proc(), directory, &tasks, 0) == 0 && tasks.st_nlink > 3) distrust_until = now() + DISTRUST_NS;
}
