#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "capabilities.h"
#include "commands.h"
#include "exec-mode.h"
#include "guard.h"
#include "launch.h"
#include "message.h"
#include "table.h"
#include "target.h"
#include "text.h"
#include "trace-file.h"

struct request {
	const char *out;
	const char *user;
	bool is_exec;
	bool all_calls;
	struct launch *launch;
};

static int parse_option(struct request *request, const char *name, const char *value) {
	if (strcmp(name, "--out") == 0) {
		request->out = value;
	} else if (strcmp(name, "--user") == 0) {
		request->user = value;
	} else if (strcmp(name, "--drop-caps") == 0) {
		const char *unknown = parse_capabilities(value, &request->launch->dropped_capabilities);
		if (unknown) return fail(EXIT_USAGE, "unknown capability: ", unknown, NULL);
	} else if (strcmp(name, "--mode") == 0) {
		request->is_exec = strcmp(value, "exec") == 0;
		if (!request->is_exec && strcmp(value, "init") != 0) return usage("--mode is init or exec");
	} else {
		return fail(EXIT_USAGE, "unknown option: ", name, NULL);
	}
	return 0;
}

static int parse_request(int count, char **arguments, struct request *request) {
	int at = 0;
	for (; at < count && strcmp(arguments[at], "--") != 0; at++) {
		if (strcmp(arguments[at], "--set-home") == 0) {
			request->launch->sets_home = true;
			continue;
		}
		if (strcmp(arguments[at], "--syscalls") == 0) {
			request->all_calls = true;
			continue;
		}
		if (at + 1 == count) return fail(EXIT_USAGE, "no value for ", arguments[at], NULL);
		int code = parse_option(request, arguments[at], arguments[at + 1]);
		if (code) return code;
		at++;
	}
	if (!request->out) return usage("trace --out FILE [--user USER] [--set-home] [--drop-caps CAP,...] [--mode init|exec] [--syscalls] -- CMD [ARG...]");
	if (at + 1 >= count) return usage("trace ... -- CMD: there is no command");
	request->launch->command = arguments + at + 1;
	return 0;
}

/* The command ended before it began; PID 1 ended by itself all the same. */
static int ended_early(int code) {
	char words[32];
	struct text text = TEXT_IN(words);
	text_append(&text, "exit ");
	text_append_unsigned(&text, (unsigned)code, 10, 1);
	trace_file_end(text_string(&text));
	return code;
}

/* The calling process becomes the app and keeps its pid, PID 1 as in production. */
static int trace_as_init(const struct launch *launch, bool all_calls) {
	struct parties parties = {.is_exec = false, .all_calls = all_calls, .app = getpid()};
	if (parties_open(&parties) < 0 || guard_start(&parties) < 0)
		return fail(EXIT_CANNOT_TRACE, "cannot trace: cannot start the supervisor: ", strerror(errno), NULL);
	int code = launch_under_filter(&parties);
	/* From here on an exit is seen by the supervisor, which writes the end marker. */
	return code ? code : launch_app(launch);
}

int command_trace(int argument_count, char **arguments) {
	static struct launch launch;
	struct request request = {.user = "", .launch = &launch};
	int code = parse_request(argument_count, arguments, &request);
	if (code) return code;
	code = launch_check_kernel();
	if (code) return code;
	if (trace_file_create(request.out, request.is_exec) < 0)
		return fail(EXIT_IO, "cannot create ", request.out, ": ", strerror(errno), NULL);
	table_prepare();
	code = identity_resolve(request.user, &launch.identity);
	if (code == 0) code = launch_find_program(&launch);
	if (code) return ended_early(code);
	if (target_open_proc() < 0) return fail(EXIT_CANNOT_TRACE, "cannot trace: no /proc: ", strerror(errno), NULL);
	return request.is_exec ? trace_as_parent(&launch, request.all_calls) : trace_as_init(&launch, request.all_calls);
}
