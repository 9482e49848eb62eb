#include "id-map-program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "message.h"
#include "program-search.h"
#include "text.h"

enum { ARGUMENTS = 9, DIGITS = 24 };

static _Noreturn void become(const char *path, char **arguments, int errors) {
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	execv(path, arguments);
	_exit(EXIT_NOT_EXECUTABLE);
}

/* What the program said, as far as there is room, up to its end. */
static void read_words(int fd, struct text *words) {
	char part[256];
	for (;;) {
		ssize_t got = read(fd, part, sizeof part);
		if (got < 0 && errno == EINTR) continue;
		if (got <= 0) break;
		text_append_bytes(words, part, (size_t)got);
	}
	while (words->length > 0 && words->bytes[words->length - 1] == '\n') words->length--;
	text_string(words);
}

static int run(const char *path, char **arguments, const char *program) {
	char said[512];
	struct text words = TEXT_IN(said);
	int errors[2], status = -1;
	if (pipe2(errors, O_CLOEXEC) < 0) return fail(EXIT_CANNOT_CONTAIN, "user namespace: ", strerror(errno), NULL);
	pid_t child = fork();
	if (child == 0) become(path, arguments, errors[1]);
	close(errors[1]);
	if (child > 0) read_words(errors[0], &words);
	close(errors[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	if (status == 0) return 0;
	return fail(EXIT_CANNOT_CONTAIN, "user namespace: ", program, ": ", words.length ? said : "it failed", NULL);
}

int run_id_map_program(const char *program, pid_t process, uint64_t own, uint64_t first, uint64_t count) {
	char path[PATH_MAX], name[16], numbers[ARGUMENTS][DIGITS];
	const uint64_t values[] = {(uint64_t)process, 0, own, 1, 1, first, count};
	char *arguments[ARGUMENTS];
	if (!find_in_path(program, path))
		return fail(EXIT_CANNOT_CONTAIN, "user namespace: ", program, ": executable file not found in $PATH", NULL);
	struct text text = TEXT_IN(name);
	text_append(&text, program);
	text_string(&text);
	arguments[0] = name;
	for (int i = 0; i < 7; i++) {
		struct text number = TEXT_IN(numbers[i]);
		text_append_unsigned(&number, values[i], 10, 1);
		text_string(&number);
		arguments[i + 1] = numbers[i];
	}
	arguments[8] = NULL;
	return run(path, arguments, program);
}
