/* in-userns: runs another command of the agent in a new user namespace. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "id-map.h"
#include "message.h"
#include "namespace-root.h"
#include "namespaces.h"

static int run_mapped(const struct id_map *map, int count, char **arguments) {
	int go[2], status = 0;
	if (pipe2(go, O_CLOEXEC) < 0) return fail(EXIT_CANNOT_CONTAIN, "pipe: ", strerror(errno), NULL);
	pid_t child = fork_into(CLONE_NEWUSER);
	if (child < 0) return id_map_refused(errno);
	if (child == 0) {
		close(go[1]);
		depend_on_parent(go[0]);
		_exit(run_command(count, arguments));
	}
	close(go[0]);
	int code = id_map_write(map, child);
	if (code == 0 && write(go[1], "m", 1) != 1) code = fail(EXIT_CANNOT_CONTAIN, "the command has ended", NULL);
	if (code) kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	if (code) return code;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int command_in_userns(int argument_count, char **arguments) {
	struct id_map map;
	bool is_complete = argument_count >= 4 && strcmp(arguments[0], "--userns") == 0 && strcmp(arguments[2], "--") == 0;
	if (!is_complete || !id_map_parse(arguments[1], &map)) return usage("in-userns --userns none|all|self|sub:UID:COUNT:GID:COUNT -- COMMAND ...");
	if (map.kind == ID_MAP_NONE) return run_command(argument_count - 3, arguments + 3);
	int code = own_namespace_root();
	return code ? code : run_mapped(&map, argument_count - 3, arguments + 3);
}
