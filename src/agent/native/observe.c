#include "observe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "canonical.h"
#include "operand.h"
#include "programs.h"
#include "seen.h"
#include "target.h"
#include "text.h"
#include "trace-file.h"

/* A key of the seen set: the kind of access, the program's number, the path. */
enum { KEY_ACCESS = 0, KEY_PROGRAM = 4, KEY_PATH = 8, NAME_MAX_BYTES = 3 * PATH_MAX, RESOLVED = 0x40 };

static char key[KEY_PATH + NAME_MAX_BYTES];
static char resolved_key[KEY_PATH + PATH_MAX + NAME_MAX_BYTES];

/* Grows when links may lead elsewhere than before: then a path seen already is resolved again. */
static uint32_t epoch = 1;
static bool has_view_changed, has_made_links;

void observe_view_changed(void) {
	has_view_changed = true;
	epoch++;
}

/* The directory a name starts from; false when there is none. */
static bool append_start(struct text *name, const struct seccomp_notification *call, const struct operand *operand, bool is_absolute) {
	char link[64];
	static char start[PATH_MAX];
	if (is_absolute && !has_view_changed) return true;
	if (is_absolute) target_proc_path((pid_t)call->pid, "root", link);
	else if (operand->dir == AT_FDCWD) target_proc_path((pid_t)call->pid, "cwd", link);
	else target_fd_path((pid_t)call->pid, operand->dir, link);
	ssize_t length = target_read_link(link, start);
	if (length < 0 && errno != ENOENT && errno != ESRCH) trace_file_lost("unreadable", strerror(errno));
	/* No such descriptor (the kernel says EBADF), or one that is no place in a tree: a pipe, a socket. */
	if (length <= 0 || start[0] != '/') return false;
	if (length > 1) text_append_bytes(name, start, (size_t)length);
	return true;
}

/* The absolute name, lexically: `..` stays, since only the image knows which directories are links. */
static bool append_name(struct text *name, const struct seccomp_notification *call, const struct operand *operand,
                        const char *string, size_t length) {
	bool is_absolute = string[0] == '/' && !operand->is_in_root;
	if (length == 0) {
		/* Stat of a descriptor names nothing; executing, linking or mounting one does (AT_EMPTY_PATH). */
		if (!operand->may_be_empty || operand->access == ACCESS_STAT || operand->dir == AT_FDCWD) return false;
		return append_start(name, call, operand, false) && name->length > 0;
	}
	if (!append_start(name, call, operand, is_absolute)) return false;
	if (string[0] != '/') text_append(name, "/");
	text_append_bytes(name, string, length);
	return !name->overflowed;
}

static bool is_volatile(const char *path) {
	return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/dev/std", 8) == 0;
}

static void record_resolved(const struct seccomp_notification *call, const struct operand *operand, uint32_t program,
                            const char *string, const char *name, size_t name_length) {
	static char canonical[PATH_MAX];
	struct named_path path = {.task = (pid_t)call->pid, .dir = operand->dir, .given = string,
	                          .is_followed = operand->is_followed, .is_in_root = operand->is_in_root,
	                          .is_chrooted = has_view_changed};
	if (!canonical_path(&path, canonical) || strcmp(canonical, name) == 0) return;
	memcpy(resolved_key, key, KEY_PATH);
	resolved_key[KEY_ACCESS] |= RESOLVED;
	struct text text = {.bytes = resolved_key, .length = KEY_PATH, .capacity = sizeof resolved_key};
	text_append(&text, canonical);
	text_append_nul(&text);
	text_append_bytes(&text, name, name_length);
	bool is_new;
	seen_find_or_add(resolved_key, text.length, &is_new);
	if (is_new) trace_file_resolved(program, operand->access, canonical, name);
}

static bool still_waits(int listener, uint64_t id) {
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* Completes the key of a name that is in it already; the program's number. */
static uint32_t begin_key(pid_t task, enum access access) {
	uint32_t program = program_of(task);
	memset(key, 0, KEY_PATH);
	key[KEY_ACCESS] = (char)access;
	memcpy(key + KEY_PROGRAM, &program, sizeof program);
	return program;
}

static void observe_operand(int listener, const struct seccomp_notification *call, const struct operand *operand,
                            const char *string, size_t length) {
	struct text name = {.bytes = key + KEY_PATH, .capacity = NAME_MAX_BYTES};
	if (!append_name(&name, call, operand, string, length)) return;
	text_string(&name);
	uint32_t program = begin_key((pid_t)call->pid, operand->access);
	bool is_new;
	/* If the task died meanwhile and its id is another's, what was read is not what was asked: it must not be written. Seen
	 * already, it does no harm. */
	struct seen *seen = seen_find_or_add(key, KEY_PATH + name.length, &is_new);
	if (!is_new && seen->epoch == epoch && !is_volatile(name.bytes)) return;
	/* The entry just added keeps epoch 0, never the current one, so the next who names the path still gets it recorded. */
	if (!still_waits(listener, call->id)) return;
	if (is_new || seen->epoch == 0) trace_file_touched(program, operand->access, name.bytes, name.length);
	if (seen) seen->epoch = epoch;
	record_resolved(call, operand, program, string, name.bytes, name.length);
}

/* Links made at run time, and anything moved or mounted once there are such links, may change where known paths lead. */
static void note_effect(enum access access) {
	if (access == ACCESS_CHROOT || access == ACCESS_MOUNT) observe_view_changed();
	if (access == ACCESS_SYMLINK) has_made_links = true;
	if (access == ACCESS_SYMLINK || (access == ACCESS_RENAME && has_made_links)) epoch++;
}

void observe_paths(int listener, const struct seccomp_notification *call, const struct row *row) {
	static char string[PATH_MAX];
	for (int which = 0; which < 2; which++) {
		struct operand operand;
		size_t length = 0;
		int error = 0;
		enum operand_state state = operand_read(call, row, which, &operand, string, &length, &error);
		if (state == OPERAND_READ) observe_operand(listener, call, &operand, string, length);
		else if (state == OPERAND_LOST) trace_file_lost("unreadable", strerror(error));
	}
	if (row->access == ACCESS_EXEC) programs_forget((pid_t)call->pid);
	note_effect(row->access);
}

/* What isn't a directory can't be listed (ENOTDIR). O_PATH opens nothing, as in canonical.c. */
static bool is_directory(const char *link) {
	int found = openat(target_proc(), link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (found >= 0) close(found);
	return found >= 0;
}

void observe_listing(int listener, const struct seccomp_notification *call, const struct row *row) {
	char link[64];
	char *path = key + KEY_PATH;
	target_fd_path((pid_t)call->pid, (int)(uint32_t)call->data.args[row->dir[0]], link);
	ssize_t length = target_read_link(link, path);
	/* A directory made so deep that no path is long enough for it is in no image. */
	if (length < 0 && errno != ENOENT && errno != ESRCH && errno != ENAMETOOLONG) trace_file_lost("unreadable", strerror(errno));
	if (length <= 0 || path[0] != '/') return;
	uint32_t program = begin_key((pid_t)call->pid, row->access);
	bool is_new;
	struct seen *seen = seen_find_or_add(key, KEY_PATH + (size_t)length, &is_new);
	/* As for a named path: what was read for a task that died meanwhile keeps its epoch of 0, and is not written. */
	if ((seen && seen->epoch != 0) || !is_directory(link) || !still_waits(listener, call->id)) return;
	trace_file_touched(program, row->access, path, (size_t)length);
	if (seen) seen->epoch = epoch;
}
