#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "capabilities.h"
#include "message.h"
#include "process.h"
#include "text.h"

static int add_variable(struct process *process, char *variable) {
	if (!strchr(variable, '=')) return fail(-1, "--env is NAME=VALUE: ", variable, NULL);
	if (process->variable_count == VARIABLES_MAX) return fail(-1, "more than 4096 variables", NULL);
	process->environment[process->variable_count++] = variable;
	return 2;
}

/* Arguments are for everybody on the machine to read, the environment is not (proc(5)): that is where a container's comes from. */
static int add_prefixed(struct process *process, const char *prefix) {
	size_t length = strlen(prefix);
	for (char **variable = environ; *variable; variable++)
		if (strncmp(*variable, prefix, length) == 0 && add_variable(process, *variable + length) < 0) return -1;
	return 2;
}

static int set_number(const char *name, const char *value, uint64_t *number) {
	return parse_unsigned(value, strlen(value), INT64_MAX, number) && *number > 0 ? 2 : fail(-1, name, " is a number from 1: ", value, NULL);
}

int process_option(struct process *process, int count, char **arguments) {
	const char *name = arguments[0];
	if (strcmp(name, "--set-home") == 0) {
		process->sets_home = true;
		return 1;
	}
	if (strcmp(name, "--hardened") == 0) {
		process->is_hardened = true;
		return 1;
	}
	if (count < 2) return 0;
	char *value = arguments[1];
	if (strcmp(name, "--env") == 0) return add_variable(process, value);
	if (strcmp(name, "--env-prefix") == 0) return add_prefixed(process, value);
	if (strcmp(name, "--cpu-seconds") == 0) return set_number(name, value, &process->cpu_seconds);
	if (strcmp(name, "--file-bytes") == 0) return set_number(name, value, &process->file_bytes);
	if (strcmp(name, "--add-caps") == 0) {
		const char *unknown = parse_capabilities(value, &process->added_capabilities);
		return unknown ? fail(-1, "unknown capability: ", unknown, NULL) : 2;
	}
	if (strcmp(name, "--user") == 0) process->user = value;
	else if (strcmp(name, "--workdir") == 0) process->directory = value;
	else if (strcmp(name, "--cgroup") == 0) process->cgroup = value;
	else return 0;
	return 2;
}
