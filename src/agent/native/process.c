#include "process.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capabilities.h"
#include "confine.h"
#include "error-words.h"
#include "message.h"
#include "program-search.h"
#include "text.h"

/* Docker's own (moby, oci/caps/defaults.go). */
static const char default_capabilities[] = "chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,"
                                           "sys_chroot,kill,audit_write";
#define CAPABILITY_SYS_ADMIN (1ull << 21)

static int cannot(const char *what) {
	return fail(EXIT_CANNOT_CONTAIN, what, ": ", strerror(errno), NULL);
}

static int set_limit(int resource, uint64_t value) {
	struct rlimit limit = {value, value};
	return value == 0 ? 0 : setrlimit(resource, &limit);
}

static int set_home(const struct process *process) {
	const char *home = getenv("HOME");
	if (!process->sets_home || (home && home[0])) return 0;
	return setenv("HOME", process->identity.home, 1);
}

/* An ignored signal would stay so in the program, and a blocked one blocked. */
static void reset_signals(void) {
	sigset_t none;
	for (int number = 1; number < _NSIG; number++) signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int change_directory(const struct process *process) {
	if (chdir(process->directory) == 0) return 0;
	char words[ERROR_WORDS_MAX];
	return fail(EXIT_NOT_EXECUTABLE, "chdir to cwd (\"", process->directory, "\") set in config.json failed: ", error_words(errno, words), NULL);
}

static int unmapped_user(const struct identity *identity) {
	char bytes[64];
	struct text who = TEXT_IN(bytes);
	text_append_unsigned(&who, identity->uid, 10, 1);
	text_append(&who, ":");
	text_append_unsigned(&who, identity->gid, 10, 1);
	text_string(&who);
	return fail(EXIT_CANNOT_CONTAIN, "cannot run as ", bytes, ": the user namespace has no such user or group", NULL);
}

static int take_user(const struct process *process) {
	uint64_t kept;
	parse_capabilities(process->is_hardened ? "" : default_capabilities, &kept);
	kept |= process->added_capabilities;
	if (confine(process->added_capabilities & CAPABILITY_SYS_ADMIN) < 0) return cannot("seccomp");
	if (drop_from_bounding(~kept) < 0) return cannot("cannot drop capabilities");
	if (identity_assume(&process->identity) < 0)
		return errno == EINVAL ? unmapped_user(&process->identity) : cannot("cannot take on the user");
	if (drop_from_thread(~kept) < 0) return cannot("cannot drop capabilities");
	if (process->is_hardened && prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) < 0) return cannot("prctl");
	/* The change of user took it back (prctl(2), PR_SET_PDEATHSIG). */
	return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? cannot("prctl") : 0;
}

static int find_program(struct process *process) {
	const char *name = process->command[0];
	char words[ERROR_WORDS_MAX];
	struct stat found;
	if (!strchr(name, '/')) {
		if (find_in_path(name, process->program)) return 0;
		return fail(EXIT_NOT_FOUND, "exec: \"", name, "\": executable file not found in $PATH", NULL);
	}
	struct text text = TEXT_IN(process->program);
	text_append(&text, name);
	text_string(&text);
	if (stat(name, &found) < 0) {
		int code = errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
		return fail(code, "exec: \"", name, "\": stat ", name, ": ", error_words(errno, words), NULL);
	}
	return is_program(name) ? 0 : fail(EXIT_NOT_EXECUTABLE, "exec: \"", name, "\": permission denied", NULL);
}

int process_prepare(struct process *process) {
	if (process->directory[0] != '/')
		return fail(EXIT_CANNOT_CONTAIN, "the working directory '", process->directory, "' is invalid, it needs to be an absolute path", NULL);
	/* The groups of whoever started us are none of the container's. Refused in the map of a single user, where they don't count. */
	if (setgroups(0, NULL) < 0 && errno != EPERM) return cannot("setgroups");
	environ = process->environment;
	if (identity_resolve(process->user, &process->identity) != 0) return EXIT_CANNOT_CONTAIN;
	if (set_home(process) < 0) return cannot("cannot set HOME");
	identity_own_output(&process->identity);
	if (set_limit(RLIMIT_CPU, process->cpu_seconds) < 0) return cannot("cannot limit the time");
	if (set_limit(RLIMIT_FSIZE, process->file_bytes) < 0) return cannot("cannot limit the size of files");
	umask(0022);
	reset_signals();
	/* As runc: root may go where the user could not, and the other way round. */
	bool is_there = chdir(process->directory) == 0;
	int code = take_user(process);
	if (code == 0 && !is_there) code = change_directory(process);
	return code ? code : find_program(process);
}

int process_execute(const struct process *process) {
	char words[ERROR_WORDS_MAX];
	execve(process->program, process->command, environ);
	/* A script without its interpreter gives ENOENT as well; the file itself was there a moment ago. */
	return fail(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE, "exec ", process->program, ": ", error_words(errno, words), NULL);
}
