/*
 * contain: runs a program in a container of its own, from its start to its end.
 * On standard input: lines `signal N`, for the container's first process; at the end of file the container is killed.
 * On descriptor 3: `started PID` (as seen from here) once the program is executed, or `failed CODE TEXT`; in the end `exit N` (128 + signal).
 * Standard output and error are the program's.
 */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "commands.h"
#include "contain.h"
#include "message.h"
#include "status.h"

static int add_place(struct container *container, struct place place) {
	if (place.target[0] != '/') return fail(-1, "not an absolute path: ", place.target, NULL);
	if (container->place_count == PLACES_MAX) return fail(-1, "more than 1024 places", NULL);
	container->places[container->place_count++] = place;
	return place.kind == PLACE_BIND ? 4 : 2;
}

static int add_bind(struct container *container, int count, char **arguments) {
	bool is_read_only = count >= 4 && strcmp(arguments[3], "ro") == 0;
	if (count < 4 || (!is_read_only && strcmp(arguments[3], "rw") != 0)) return fail(-1, "--bind SRC DST rw|ro", NULL);
	return add_place(container, (struct place){PLACE_BIND, arguments[1], arguments[2], is_read_only});
}

static int set_network(struct container *container, const char *value) {
	container->has_own_network = strcmp(value, "none") == 0;
	return container->has_own_network || strcmp(value, "host") == 0 ? 2 : fail(-1, "--network is none or host", NULL);
}

static int set_map(struct container *container, const char *value) {
	return id_map_parse(value, &container->map) ? 2 : fail(-1, "--userns is none, all, self or sub:UID:COUNT:GID:COUNT", NULL);
}

/* How many arguments the option took, 0 when there is no such option, or -1 after a message. */
static int container_option(struct container *container, int count, char **arguments) {
	const char *name = arguments[0], *value = count > 1 ? arguments[1] : NULL;
	struct root_source *root = &container->root;
	if (strcmp(name, "--read-only") == 0) {
		container->is_read_only = true;
		return 1;
	}
	if (!value) return 0;
	if (strcmp(name, "--bind") == 0) return add_bind(container, count, arguments);
	if (strcmp(name, "--tmpfs") == 0) return add_place(container, (struct place){PLACE_TMPFS, NULL, value, false});
	if (strcmp(name, "--writable") == 0) return add_place(container, (struct place){PLACE_WRITABLE, NULL, value, false});
	if (strcmp(name, "--directory") == 0) return add_place(container, (struct place){PLACE_DIRECTORY, NULL, value, false});
	if (strcmp(name, "--network") == 0) return set_network(container, value);
	if (strcmp(name, "--userns") == 0) return set_map(container, value);
	if (strcmp(name, "--hostname") == 0) container->hostname = value;
	else if (strcmp(name, "--root") == 0) root->directory = value;
	else if (strcmp(name, "--lower") == 0) root->lower = value;
	else if (strcmp(name, "--upper") == 0) root->upper = value;
	else if (strcmp(name, "--work") == 0) root->work = value;
	else if (strcmp(name, "--merged") == 0) root->merged = value;
	else return 0;
	return 2;
}

static bool is_root_complete(const struct root_source *root) {
	bool has_all = root->lower && root->upper && root->work && root->merged;
	bool has_any = root->lower || root->upper || root->work || root->merged;
	return root->directory ? !has_any : has_all;
}

int container_parse(int count, char **arguments, struct container *container) {
	int at = 0;
	while (at < count && strcmp(arguments[at], "--") != 0) {
		int taken = container_option(container, count - at, arguments + at);
		if (taken == 0) taken = process_option(&container->process, count - at, arguments + at);
		if (taken == 0) return fail(EXIT_USAGE, "unknown option, or one without its value: ", arguments[at], NULL);
		if (taken < 0) return EXIT_USAGE;
		at += taken;
	}
	if (!is_root_complete(&container->root)) return usage("contain --root DIR (or --lower, --upper, --work, --merged) [OPTION...] -- CMD [ARG...]");
	if (at + 1 >= count) return usage("contain ... -- CMD: there is no command");
	container->process.command = arguments + at + 1;
	return 0;
}

/* The working directory is made, as Docker makes it, after all that is mounted. */
static int add_working_directory(struct container *container) {
	const char *directory = container->process.directory;
	if (directory[0] != '/') return 0;
	int taken = add_place(container, (struct place){PLACE_DIRECTORY, NULL, directory, false});
	return taken < 0 ? EXIT_USAGE : 0;
}

int command_contain(int argument_count, char **arguments) {
	static struct container container; /* no initial values: they would make the program's file as large as this is */
	container.has_own_network = true;
	container.process.user = "";
	container.process.directory = "/";
	int code = container_parse(argument_count, arguments, &container);
	if (code == 0) code = add_working_directory(&container);
	if (code) return code;
	if (fcntl(STATUS_DESCRIPTOR, F_GETFD) < 0) return usage("contain: descriptor 3 is not open");
	fcntl(STATUS_DESCRIPTOR, F_SETFD, FD_CLOEXEC);
	keeper_run(&container);
	return 0;
}
