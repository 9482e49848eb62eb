#include "commands.h"
#include "output.h"

/* Found in the file by its label without running it: that is how a stale prebuilt is noticed. */
static const char sources[] = "slimtrace-agent-sources:" SOURCES_HASH;

int command_version(int argument_count, char **arguments) {
	(void)arguments;
	if (argument_count > 0) return usage("version takes no arguments");
	output_string("slimtrace-agent ");
	output_string(sources + sizeof "slimtrace-agent-sources:" - 1);
	output_string("\n");
	return output_finish();
}
