/*
 * slimtrace-agent: the static helper that runs inside a container. It traces which paths a program names, lists and packs
 * the container's tree, holds a container open, relays a connection into it and tells which ports it listens on. Where there
 * is no engine it also makes and removes trees and runs containers of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "commands.h"
#include "message.h"
#include "sealed.h"

static const struct {
	const char *name;
	int (*run)(int argument_count, char **arguments);
} commands[] = {
	{"trace", command_trace},   {"list", command_list},           {"pack", command_pack},       {"hold", command_hold},
	{"relay", command_relay},   {"listening", command_listening}, {"contain", command_contain}, {"enter", command_enter},
	{"unpack", command_unpack}, {"in-userns", command_in_userns}, {"remove", command_remove},   {"version", command_version},
};

int usage(const char *problem) {
	return fail(EXIT_USAGE, "usage: ", problem, NULL);
}

int run_command(int argument_count, char **arguments) {
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(arguments[0], commands[i].name) == 0) return commands[i].run(argument_count - 1, arguments + 1);
	return fail(EXIT_USAGE, "unknown command: ", arguments[0], NULL);
}

/* These share their processes with an image's programs. */
static bool runs_sealed(const char *name) {
	return strcmp(name, "contain") == 0 || strcmp(name, "enter") == 0;
}

int main(int argc, char **argv) {
	if (argc < 2) return usage("slimtrace-agent trace|list|pack|hold|relay|listening|contain|enter|in-userns|unpack|remove|version ...");
	int code = runs_sealed(argv[1]) ? become_sealed(argv) : 0;
	return code ? code : run_command(argc - 1, argv + 1);
}
