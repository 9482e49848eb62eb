/*
 * slimtrace-agent: the static helper that runs inside a container. It traces which paths a program names, lists and packs
 * the container's tree, holds a container open and relays a connection into it. Where there is no engine it also makes and removes trees.
 */
#include <string.h>

#include "commands.h"
#include "message.h"

static const struct {
	const char *name;
	int (*run)(int argument_count, char **arguments);
} commands[] = {
	{"trace", command_trace}, {"list", command_list},   {"pack", command_pack},
	{"hold", command_hold},   {"relay", command_relay}, {"remove", command_remove},
	{"unpack", command_unpack}, {"version", command_version},
};

int usage(const char *problem) {
	return fail(EXIT_USAGE, "usage: ", problem, NULL);
}

int main(int argc, char **argv) {
	if (argc < 2) return usage("slimtrace-agent trace|list|pack|hold|relay|remove|unpack|version ...");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 2, argv + 2);
	return fail(EXIT_USAGE, "unknown command: ", argv[1], NULL);
}
